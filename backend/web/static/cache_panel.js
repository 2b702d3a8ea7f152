// Draws the cache panel: the Redis lamp, a sentence, a tick for every poll, and the server's own count.

import { REMEMBERED, answered, explain, redisState, tickWords, typicalMs, unanswered } from "./cache.js";
import { element, write } from "./element.js";

const LAMP_WORDS = { here: "Redis is here", away: "Redis is away", off: "No Redis", unknown: "Asking…" };

export class CachePanel {
  #answers = [];
  #stats = null;
  #parts;

  /** Fills the given section. */
  constructor(section) {
    this.#parts = build();
    section.append(...this.#parts.all);
    this.#draw();
  }

  /** Takes note of one poll's answer, as api.js gives it. */
  heard(answer) {
    this.#add(answered(answer));
  }

  /** Takes note of a poll without a usable answer. */
  missed(problem) {
    this.#add(unanswered(problem.status ?? 0));
  }

  /** Takes the server's statistics (GET /api/v2/cache/stats). */
  told({ cache_enabled, statistics = {} }) {
    this.#stats = { cache_enabled, ...statistics, at: new Date() };
    this.#draw();
  }

  #add(answer) {
    this.#answers = [...this.#answers, answer].slice(-REMEMBERED);
    const { ticks } = this.#parts;
    ticks.append(tick(answer));
    while (ticks.childElementCount > REMEMBERED) ticks.firstElementChild.remove();
    this.#draw();
  }

  #draw() {
    const parts = this.#parts;
    const state = redisState(this.#answers, this.#stats);
    const sentence = explain(this.#answers, this.#stats);
    const last = this.#answers.at(-1);
    parts.lamp.dataset.state = state;
    write(parts.lampWords, LAMP_WORDS[state]);
    write(parts.sentence, sentence);
    write(parts.last, last ? `Last answer: ${tickWords(last)}.` : "");
    parts.ticks.setAttribute("aria-label", sentence);
    this.#drawNumbers();
  }

  #drawNumbers() {
    const { rate, hits, misses, typical } = this.#parts;
    const { hit_rate, hits: hitCount, misses: missCount } = this.#stats ?? {};
    const middle = typicalMs(this.#answers);
    write(rate, Number.isFinite(hit_rate) ? `${Number(hit_rate.toFixed(1))} %` : "–");
    write(hits, Number.isFinite(hitCount) ? hitCount.toLocaleString() : "–");
    write(misses, Number.isFinite(missCount) ? missCount.toLocaleString() : "–");
    write(typical, middle == null ? "–" : `${Math.max(1, Math.round(middle))} ms`);
  }
}

function tick(answer) {
  return element("i", { class: `tick ${answer.who}${answer.unchanged ? " unchanged" : ""}`, title: tickWords(answer) });
}

function build() {
  const parts = {
    lampWords: element("span"),
    // Spoken when it changes, and it changes seldom: Redis goes, Redis is back.
    lamp: element("p", { class: "redis-lamp", role: "status" }, element("i", { class: "bulb", "aria-hidden": "true" })),
    sentence: element("p", { class: "sentence", id: "cache-sentence" }),
    ticks: element("div", { class: "ticks", id: "cache-ticks", role: "img" }),
    last: element("p", { class: "last" }),
    rate: element("dd", { id: "hit-rate" }),
    hits: element("dd", { id: "hits" }),
    misses: element("dd", { id: "misses" }),
    typical: element("dd", { id: "typical" }),
  };
  parts.lamp.append(parts.lampWords);
  const head = element("header", {}, element("h2", { id: "cache-title" }, "Who answers"), parts.lamp);
  parts.all = [head, parts.sentence, parts.ticks, legend(), parts.last, numbers(parts)];
  return parts;
}

function legend() {
  const entry = (kind, words) => element("li", {}, element("i", { class: `tick ${kind}` }), words);
  return element(
    "ul",
    { class: "legend", "aria-label": "What the ticks mean" },
    entry("near", "Tally's memory"),
    entry("redis", "Redis"),
    entry("store", "the database"),
    entry("near unchanged", "short: nothing new (304)"),
    entry("nobody", "no answer"),
  );
}

function numbers({ rate, hits, misses, typical }) {
  const pair = (name, value) => element("div", {}, element("dt", {}, name), value);
  return element(
    "dl",
    { class: "numbers" },
    pair("Hit rate", rate),
    pair("Hits", hits),
    pair("Misses", misses),
    pair("Typical answer", typical),
  );
}
