// Shows what a job made: pictures, players, text and links. Each output is drawn once and then left alone,
// so that a poll never restarts a film that is playing.

import { readText } from "./api.js";
import { element, write } from "./element.js";
import { kindName } from "./kinds.js";
import { sizeWords, sourceWords } from "./words.js";

export class Outputs {
  element = element("div", { class: "outputs" });
  #drawn = new Map();

  /** Draws what is new. Outputs still to come are shown as empty frames while the job is live. */
  render(job) {
    for (const output of job.outputs ?? []) this.#draw(output, job);
    this.element.hidden = this.element.childElementCount === 0;
  }

  #draw(output, job) {
    const ready = output.status === "ready" && output.href;
    const state = ready ? `${output.href} ${output.sha256 ?? ""}` : "to come";
    const old = this.#drawn.get(output.name);
    if (!ready && job.done) {
      old?.figure.remove();
      this.#drawn.delete(output.name);
    } else if (old?.state !== state) {
      const figure = ready ? finished(output, job) : toCome(output);
      if (old) old.figure.replaceWith(figure);
      else this.element.append(figure);
      this.#drawn.set(output.name, { state, figure });
    }
  }
}

function toCome(output) {
  return element("figure", { class: "to-come" }, element("figcaption", {}, `${output.name} is not made yet`));
}

function finished(output, job) {
  const shown = show(output, job);
  const link = element("a", { href: output.href, download: isPlaylist(output) ? null : output.name }, output.name);
  const size = element("span", { class: "size" }, sizeWords(output.bytes));
  return element("figure", { class: shown ? null : "plain" }, shown, element("figcaption", {}, link, " ", size));
}

function show(output, job) {
  const type = output.content_type ?? "";
  if (type.startsWith("image/")) return picture(output, job);
  if (type.startsWith("video/")) return player(output, job);
  if (type.includes("json")) return text(output);
  return null;
}

function picture(output, job) {
  const alt = `${kindName(job.kind)} of ${sourceWords(job.source)}`;
  const image = element("img", { src: output.href, alt, loading: "lazy", decoding: "async" });
  return element("a", { href: output.href, target: "_blank", rel: "noopener" }, image);
}

function player(output, job) {
  const label = `${output.name}, made from ${sourceWords(job.source)}`;
  const manner = { controls: true, playsinline: true, preload: "metadata", "aria-label": label };
  return element("video", { src: output.href, ...manner });
}

function text(output) {
  const place = element("pre", { tabindex: 0, role: "region", "aria-label": output.name }, "Loading…");
  readText(output.href).then(
    (body) => write(place, pretty(body)),
    (problem) => write(place, problem.message),
  );
  return place;
}

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function isPlaylist({ name }) {
  return name.endsWith(".m3u8");
}
