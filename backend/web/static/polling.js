// When to ask again, and asking: one job, one question at a time, until it is done.
// The deciders at the top are pure; the loop below decides nothing.

export const BEAT_SECONDS = 1;
const LONGEST_BACKOFF_SECONDS = 8;
const LONGEST_ASKED_SECONDS = 60;

/** Seconds until the next question. Retry-After is honoured when it asks for more than our own beat, and
 *  failures in a row double the wait. `chance` in [0, 1) spreads the pages that failed together. */
export function secondsUntilNext({ retryAfter = null, failures = 0, chance = 0 }) {
  const asked = Math.min(Number(retryAfter) || 0, LONGEST_ASKED_SECONDS);
  return Math.max(asked, failures === 0 ? BEAT_SECONDS : backoff(failures, chance));
}

function backoff(failures, chance) {
  return Math.min(BEAT_SECONDS * 2 ** (failures - 1) * (1 + chance / 2), LONGEST_BACKOFF_SECONDS);
}

/** The server says for certain that there is no such job; anything else may be better next time. */
export function isGone(problem) {
  return problem.status === 404 || problem.status === 410;
}

/** Asks `question()` again and again until it answers true or the signal ends it. While the page is hidden it rests.
 *  `question` returns { done, retryAfter } and throws to say it failed. */
export async function poll(question, signal, { onFailure } = {}) {
  let failures = 0;
  while (!signal.aborted) {
    await visible(signal);
    if (signal.aborted) return;
    let retryAfter = null;
    try {
      const answer = await question();
      if (answer.done) return;
      ({ retryAfter } = answer);
      failures = 0;
    } catch (problem) {
      if (signal.aborted || onFailure?.(problem) === "stop") return;
      ({ retryAfter } = problem);
      failures += 1;
    }
    await rest(secondsUntilNext({ retryAfter, failures, chance: Math.random() }), signal);
  }
}

function visible(signal) {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener("visibilitychange", look);
      signal.removeEventListener("abort", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look);
  });
}

function rest(seconds, signal) {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, seconds * 1000);
    signal.addEventListener("abort", wake);
  });
}
