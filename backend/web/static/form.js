// The new-job form: where from, what to make, start. Hands a request and perhaps a file to whoever asked for it.

import { write } from "./element.js";
import { specFrom } from "./kinds.js";
import { drawKinds } from "./options.js";

/** Brings the form to life. `onStart(request, file)` is called with a request the API understands. */
export function startForm(form, onStart) {
  drawKinds(form.querySelector("#kinds"), form.querySelector("#options"));
  form.addEventListener("change", () => followSource(form));
  form.elements.file.addEventListener("change", () => preview(form));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(form, onStart);
  });
  followSource(form);
}

function submit(form, onStart) {
  tellProblem("");
  const values = new FormData(form);
  const kind = values.get("kind");
  const spec = specFrom(kind, values);
  if (spec.outputs?.length === 0) return tellProblem("Choose at least one size.");
  const file = values.get("source") === "upload" ? form.elements.file.files[0] : null;
  onStart({ kind, source: { type: values.get("source") }, spec, metadata: {} }, file);
}

/** Shows a sentence where the person is looking; "" takes it away. */
export function tellProblem(message) {
  const place = document.querySelector("#form-problem");
  write(place, message);
  place.hidden = message === "";
}

/** Takes a dropped file as if it had been chosen by hand. */
export function chooseFile(form, files) {
  const { file, source } = form.elements;
  source.value = "upload";
  followSource(form);
  file.files = files;
  preview(form);
  file.focus();
}

function followSource(form) {
  const upload = form.elements.source.value === "upload";
  form.querySelector("#chosen").hidden = !upload;
  form.elements.file.required = upload;
  form.elements.file.disabled = !upload;
}

// The picture is read from the file in this browser; nothing has been sent yet.
function preview(form) {
  const video = form.querySelector("#chosen-preview");
  const [file] = form.elements.file.files;
  if (video.src) URL.revokeObjectURL(video.src);
  video.hidden = true;
  video.removeAttribute("src");
  if (!file?.type.startsWith("video/")) return;
  video.addEventListener("loadeddata", () => (video.hidden = false), { once: true });
  video.src = URL.createObjectURL(file);
}
