// Two quiet voices: a line on the page while something is wrong, and a line only a screen reader hears.

import { write } from "./element.js";

const troubles = new Map();

/** Shows a line under the header until the same matter is cleared. Of several matters the newest is shown. */
export function showNotice(matter, message) {
  troubles.delete(matter);
  troubles.set(matter, message);
  draw();
}

/** The matter is settled; safe to call when there was none. */
export function clearNotice(matter) {
  if (troubles.delete(matter)) draw();
}

function draw() {
  write(document.querySelector("#notice"), [...troubles.values()].at(-1) ?? "");
}

/** Says one short thing to a screen reader. For ends and beginnings, not for every percent. */
export function announce(message) {
  write(document.querySelector("#announcer"), message);
}
