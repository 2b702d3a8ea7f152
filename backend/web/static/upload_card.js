// A file on its way to the server: how far it is, and a way to stop it. Turns into a job card when it has arrived.

import { element, write } from "./element.js";
import { kindName } from "./kinds.js";
import { sizeWords, stateWords } from "./words.js";

export class UploadCard {
  #bar = element("progress", { max: 1, "aria-label": "Upload progress" });
  #phase = element("span", { class: "phase" }, "Starting the upload");
  #stop = new AbortController();

  constructor(request, file) {
    const cancel = element("button", { type: "button", on: { click: () => this.#stop.abort() } }, "Stop");
    const name = element("span", { class: "from" }, file.name);
    const size = element("p", { class: "fine" }, sizeWords(file.size));
    this.element = element(
      "li",
      { class: "card is-live", "data-state": "uploading" },
      element("header", {}, badge(), element("h3", {}, kindName(request.kind)), name),
      element("div", { class: "progress" }, this.#bar, this.#phase),
      element("footer", {}, size, element("span", { class: "acts" }, cancel)),
    );
  }

  /** Aborted when the person stops the upload. */
  get signal() {
    return this.#stop.signal;
  }

  sent(bytes, total) {
    this.#bar.value = total ? bytes / total : 0;
    const share = total ? Math.floor((bytes / total) * 100) : 0;
    const words = bytes >= total ? "The server is taking it in" : `${share} % of ${sizeWords(total)} sent`;
    write(this.#phase, words);
  }
}

function badge() {
  const { mark, word } = stateWords("uploading");
  const sign = element("span", { class: "mark", "aria-hidden": "true" }, mark);
  return element("span", { class: "badge", "data-state": "uploading" }, sign, word);
}
