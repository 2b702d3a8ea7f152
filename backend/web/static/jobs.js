// The list of jobs: what is on it, and one poll at a time for each that is live.

import { cancelJob, createJob, deleteJob, listJobs, readJob, retryJob } from "./api.js";
import { JobCard } from "./card.js";
import { kindName } from "./kinds.js";
import { announce, clearNotice, showNotice } from "./notice.js";
import { isGone, poll } from "./polling.js";
import { UploadCard } from "./upload_card.js";
import { sourceWords, stateWords } from "./words.js";

export class JobList {
  #cards = new Map();
  #polls = new Map();
  #loaded = false;
  #cursor = null;
  #places;
  #listeners;

  /** `places`: list, empty, older. `listeners`: heard(answer), missed(problem), live(count). */
  constructor(places, listeners) {
    this.#places = places;
    this.#listeners = listeners;
    places.older.addEventListener("click", () => this.#tell(() => this.#loadOlder()));
  }

  /** Shows the newest jobs. Called again, it adds what has come since. Never throws: trouble becomes a notice. */
  async refresh() {
    await this.#tell(async () => {
      const { data, next_cursor: cursor } = await listJobs();
      data.forEach((job) => this.#show(job));
      if (!this.#loaded) this.#setCursor(cursor);
      this.#loaded = true;
      this.#count();
    });
  }

  /** Starts a job, uploading the file first when there is one. Throws Problem when the server refuses. */
  async start(request, file) {
    const job = file ? await this.#upload(request, file) : await createJob(request);
    if (job) this.#welcome(job);
  }

  async #upload(request, file) {
    const card = new UploadCard(request, file);
    this.#places.list.prepend(card.element);
    this.#count();
    try {
      const onProgress = (sent, total) => card.sent(sent, total);
      return await createJob(request, file, { onProgress, signal: card.signal });
    } catch (problem) {
      if (card.signal.aborted) return null;
      throw problem;
    } finally {
      card.element.remove();
      this.#count();
    }
  }

  #welcome(job) {
    this.#show(job);
    this.#cards.get(job.id).element.scrollIntoView({ block: "nearest" });
    announce(`${title(job)}: started`);
  }

  #show(job) {
    const known = this.#cards.get(job.id);
    if (known) known.render(job);
    else this.#add(job);
    if (!job.done) this.#follow(job);
    this.#count();
  }

  // What was asked of the server should be seen soon, however long the next poll was put off.
  #askAfresh(job) {
    this.#polls.get(job.id)?.abort();
    this.#polls.delete(job.id);
    this.#show(job);
  }

  #add(job) {
    const card = new JobCard(job, {
      cancel: async (each) => this.#askAfresh(await cancelJob(each)),
      retry: async (each) => this.#welcome(await retryJob(each)),
      remove: async (each) => this.#delete(each),
    });
    const { list } = this.#places;
    const older = [...list.children].find(({ id }) => this.#cards.get(id)?.job.created_at < job.created_at);
    list.insertBefore(card.element, older ?? null);
    this.#cards.set(job.id, card);
  }

  #follow({ id, version, schema }) {
    if (this.#polls.has(id)) return;
    const stop = new AbortController();
    this.#polls.set(id, stop);
    let etag = `"${version}.${schema}"`;
    const question = async () => {
      const answer = await readJob(id, { etag, signal: stop.signal });
      ({ etag } = answer);
      this.#hear(answer);
      return { done: this.#cards.get(id)?.job.done ?? true, retryAfter: answer.retryAfter };
    };
    const ended = poll(question, stop.signal, { onFailure: (problem) => this.#miss(id, problem) });
    ended.then(() => this.#polls.get(id) === stop && this.#polls.delete(id));
  }

  #hear(answer) {
    clearNotice(answer.id);
    this.#listeners.heard(answer);
    const { document: job } = answer;
    if (!job) return;
    this.#cards.get(job.id)?.render(job);
    if (job.done) announce(`${title(job)}: ${stateWords(job.status).word}`);
    this.#count();
  }

  #miss(id, problem) {
    this.#listeners.missed(problem);
    if (isGone(problem)) {
      this.#remove(id);
      announce("A job on this list was deleted elsewhere");
      return "stop";
    }
    showNotice(id, `${problem.message} Still trying.`);
    return "again";
  }

  async #delete(job) {
    await deleteJob(job).catch((problem) => {
      if (!isGone(problem)) throw problem;
    });
    const next = this.#cards.get(job.id).element.nextElementSibling;
    this.#remove(job.id);
    (this.#cards.get(next?.id) ?? this.#places.list).focus();
    announce(`${title(job)}: deleted`);
  }

  #remove(id) {
    this.#polls.get(id)?.abort();
    clearNotice(id);
    this.#cards.get(id)?.element.remove();
    this.#cards.delete(id);
    this.#count();
  }

  async #loadOlder() {
    const { data, next_cursor: cursor } = await listJobs({ cursor: this.#cursor });
    data.forEach((job) => this.#show(job));
    this.#setCursor(cursor);
  }

  #setCursor(cursor) {
    this.#cursor = cursor;
    this.#places.older.hidden = !cursor;
  }

  async #tell(act) {
    try {
      await act();
      clearNotice("list");
    } catch (problem) {
      showNotice("list", problem.message);
    }
  }

  #count() {
    const live = [...this.#cards.values()].filter((card) => !card.job.done).length;
    this.#places.empty.hidden = !this.#loaded || this.#places.list.childElementCount > 0;
    this.#listeners.live(live);
  }
}

function title(job) {
  return `${kindName(job.kind)} of ${sourceWords(job.source)}`;
}
