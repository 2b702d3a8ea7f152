// One job on the page. Draws documents and passes presses on; it asks the server nothing itself.

import { element, write } from "./element.js";
import { kindName } from "./kinds.js";
import { Outputs } from "./outputs.js";
import { clockWords, durationWords, mediaWords, phaseWords, secondsTaken, sourceWords, stateWords } from "./words.js";

const SURE_SECONDS = 4;
const CAN_RETRY = new Set(["failed", "canceled", "expired"]);

export class JobCard {
  job;
  #acts;
  #acting = false;
  #sureTimer = null;
  #outputs = new Outputs();
  #parts;

  /** `acts` holds cancel, retry and remove: async functions of a job that throw a Problem when refused. */
  constructor(job, acts) {
    this.#acts = acts;
    this.#parts = build(this.#outputs.element, {
      cancel: () => this.#act(acts.cancel),
      retry: () => this.#act(acts.retry),
      remove: () => this.#sure() && this.#act(acts.remove),
    });
    this.element = this.#parts.card;
    this.element.id = job.id;
    this.render(job);
  }

  /** Draws a newer document; an older one than is shown is passed over. */
  render(job) {
    if (this.job && job.version < this.job.version) return;
    this.job = job;
    this.#drawHead();
    this.#drawProgress();
    this.#drawProblem(job.error?.message ?? "", job.error?.code);
    this.#outputs.render(job);
    this.#drawActions();
  }

  /** Puts the keyboard on this card. */
  focus() {
    this.#parts.title.focus();
  }

  #drawHead() {
    const { job, element: card } = this;
    const { badge, mark, state, title, source, when, fine, link } = this.#parts;
    const { mark: sign, word } = stateWords(job.status);
    card.dataset.state = job.status;
    card.classList.toggle("is-live", !job.done);
    badge.dataset.state = job.status;
    write(mark, sign);
    write(state, word);
    write(title, kindName(job.kind));
    write(source, sourceWords(job.source));
    write(when, clockWords(job.created_at));
    when.setAttribute("datetime", job.created_at);
    write(fine, fineWords(job));
    link.setAttribute("href", job.links?.self ?? `/api/v2/jobs/${job.id}`);
  }

  #drawProgress() {
    const { progress, bar, phase } = this.#parts;
    const percent = this.job.progress?.percent ?? 0;
    progress.hidden = this.job.done;
    bar.value = percent;
    const share = this.job.status === "running" ? `: ${Math.floor(percent)} %` : "";
    write(phase, phaseWords(this.job) + share);
  }

  #drawProblem(message, code) {
    const { problem, problemText, problemCode } = this.#parts;
    write(problemText, message);
    write(problemCode, code ?? "");
    problem.hidden = message === "";
  }

  #drawActions() {
    const { cancel, retry, remove } = this.#parts;
    const had = document.activeElement;
    cancel.hidden = this.job.done || this.job.status === "canceling";
    retry.hidden = !CAN_RETRY.has(this.job.status);
    remove.hidden = !this.job.done;
    if (had?.hidden && this.element.contains(had)) this.focus();
  }

  async #act(act) {
    if (this.#acting) return;
    this.#acting = true;
    this.#drawProblem(this.job.error?.message ?? "", this.job.error?.code);
    try {
      await act(this.job);
    } catch (problem) {
      this.#drawProblem(problem.message, problem.code);
    } finally {
      this.#acting = false;
    }
  }

  // Deleting takes two presses: what is deleted does not come back.
  #sure() {
    const { remove } = this.#parts;
    clearTimeout(this.#sureTimer);
    if (remove.classList.contains("sure")) return true;
    const ask = (sure) => {
      remove.classList.toggle("sure", sure);
      write(remove, sure ? "Delete for good?" : "Delete");
    };
    ask(true);
    this.#sureTimer = setTimeout(() => ask(false), SURE_SECONDS * 1000);
    return false;
  }
}

function fineWords(job) {
  const taken = secondsTaken(job);
  return [
    mediaWords(job.source?.media),
    job.done && taken !== null ? `took ${durationWords(taken)}` : "",
    job.attempt > 1 ? `attempt ${job.attempt}` : "",
    job.retry_of ? "tried again" : "",
    `version ${job.version}`,
  ].filter(Boolean).join(" · ");
}

function build(outputs, press) {
  const button = (words, act) => element("button", { type: "button", on: { click: act } }, words);
  const parts = {
    mark: element("span", { class: "mark", "aria-hidden": "true" }),
    state: element("span"),
    title: element("h3", { tabindex: -1 }),
    source: element("span", { class: "from" }),
    when: element("time"),
    bar: element("progress", { max: 100, "aria-label": "Progress" }),
    phase: element("span", { class: "phase" }),
    problemText: element("span"),
    problemCode: element("code"),
    fine: element("span"),
    link: element("a", {}, "Document"),
    cancel: button("Cancel", press.cancel),
    retry: button("Try again", press.retry),
    remove: button("Delete", press.remove),
  };
  parts.badge = element("span", { class: "badge" }, parts.mark, parts.state);
  parts.progress = element("div", { class: "progress" }, parts.bar, parts.phase);
  parts.problem = element("p", { class: "problem" }, parts.problemText, " ", parts.problemCode);
  const head = element("header", {}, parts.badge, parts.title, parts.when, parts.source);
  const acts = element("span", { class: "acts" }, parts.cancel, parts.retry, parts.remove);
  const foot = element("footer", {}, element("p", { class: "fine" }, parts.fine, " · ", parts.link), acts);
  parts.card = element("li", { class: "card" }, head, parts.progress, parts.problem, outputs, foot);
  return parts;
}
