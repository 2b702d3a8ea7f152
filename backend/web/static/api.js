// Talks to the API over HTTP and turns every refusal into a sentence. Knows nothing of the page.

import { uploadForm } from "./upload.js";
import { Problem, problemFrom, unanswered } from "./problem.js";

const JOBS = "/api/v2/jobs";
const STATS = "/api/v2/cache/stats";
const PATIENCE_MS = 15_000;

/** One request; every wait has a limit. Raises Problem, or the signal's reason when the caller gave up. */
async function ask(url, { signal, ...options } = {}) {
  const limit = AbortSignal.timeout(PATIENCE_MS);
  const either = signal ? AbortSignal.any([signal, limit]) : limit;
  let response;
  try {
    response = await fetch(url, { cache: "no-store", ...options, signal: either });
  } catch {
    signal?.throwIfAborted();
    throw unanswered();
  }
  if (response.ok || response.status === 304) return response;
  throw problemFrom(response.status, response.headers.get("retry-after"), await response.text().catch(() => ""));
}

async function readJson(response) {
  try {
    return await response.json();
  } catch {
    throw new Problem("The server's answer could not be read.", { status: response.status });
  }
}

/** The poll. `document` is null when nothing is new (304). */
export async function readJob(id, { etag = null, signal } = {}) {
  const headers = etag ? { "If-None-Match": etag } : {};
  const started = performance.now();
  const response = await ask(`${JOBS}/${encodeURIComponent(id)}`, { headers, signal });
  return {
    id,
    status: response.status,
    document: response.status === 304 ? null : await readJson(response),
    etag: response.headers.get("etag") ?? etag,
    retryAfter: response.headers.get("retry-after"),
    cacheStatus: response.headers.get("cache-status"),
    age: response.headers.get("age"),
    tookMs: performance.now() - started,
  };
}

/** Newest first: { data, next_cursor }. */
export async function listJobs({ cursor = null, limit = 20 } = {}) {
  const query = new URLSearchParams({ limit: String(limit) });
  if (cursor) query.set("cursor", cursor);
  return readJson(await ask(`${JOBS}?${query}`));
}

/** Gives the new job's document. `onProgress(sent, total)` counts the file's bytes. */
export async function createJob(request, file, { onProgress, signal } = {}) {
  if (file) return uploadForm(JOBS, jobForm(request, file), { onProgress, signal });
  const headers = { "Content-Type": "application/json" };
  return readJson(await ask(JOBS, { method: "POST", headers, body: JSON.stringify(request), signal }));
}

// The description goes first, so that the server can refuse it before it has read the file.
function jobForm(request, file) {
  const form = new FormData();
  form.append("job", JSON.stringify(request));
  form.append("file", file);
  return form;
}

export async function cancelJob(job) {
  return readJson(await ask(job.links?.cancel ?? `${JOBS}/${job.id}/cancel`, { method: "POST" }));
}

export async function retryJob(job) {
  return readJson(await ask(job.links?.retry ?? `${JOBS}/${job.id}/retry`, { method: "POST" }));
}

export async function deleteJob(job) {
  await ask(`${JOBS}/${encodeURIComponent(job.id)}`, { method: "DELETE" });
}

export async function readStats(signal) {
  return readJson(await ask(STATS, { signal }));
}

/** The text of an output, for showing. */
export async function readText(href) {
  return (await ask(href)).text();
}
