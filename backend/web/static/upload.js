// Sends a file and counts the bytes as they go: the one thing fetch() cannot tell.

import { Problem, problemFrom } from "./problem.js";

const BROKEN =
  "The upload broke off before the server had taken it. " +
  "The file may be too large for this server, or the connection was lost.";

/** Posts the form; resolves to the answer's JSON. Raises Problem, or the signal's reason when the caller gave up.
 *  It has no time limit of its own: a large file on a slow line may take hours, and the person can stop it. */
export function uploadForm(url, form, { onProgress, signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress?.(loaded, total));
    request.addEventListener("load", () => settle(request, resolve, reject));
    request.addEventListener("error", () => reject(new Problem(BROKEN)));
    request.addEventListener("abort", () => reject(signal?.reason ?? new Problem(BROKEN)));
    signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

function settle(request, resolve, reject) {
  const { status, responseText } = request;
  if (status < 200 || status > 299) {
    reject(problemFrom(status, request.getResponseHeader("retry-after"), responseText));
    return;
  }
  try {
    resolve(JSON.parse(responseText));
  } catch {
    reject(new Problem("The server's answer could not be read.", { status }));
  }
}
