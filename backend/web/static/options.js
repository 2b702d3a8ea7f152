// Draws the choice of a kind and each kind's options. All kinds' options are there at once; only the chosen
// kind's are enabled, so what a person typed survives a look at another kind.

import { element, icon } from "./element.js";
import { CODECS, KINDS, fieldName } from "./kinds.js";

/** Fills both places and keeps them in step. */
export function drawKinds(kindsPlace, optionsPlace) {
  kindsPlace.append(...KINDS.map(kindTile));
  optionsPlace.append(...KINDS.filter(({ fields }) => fields.length).map(optionSet));
  const follow = () => enableOnly(optionsPlace, kindsPlace.querySelector("input:checked").value);
  kindsPlace.addEventListener("change", follow);
  follow();
}

function kindTile({ kind, name, says }, index) {
  return element(
    "label",
    { class: "kind" },
    element("input", { type: "radio", name: "kind", value: kind, checked: index === 0 }),
    icon(kind),
    element("span", { class: "name" }, name),
    element("span", { class: "says" }, says),
  );
}

function optionSet({ kind, name, fields }) {
  const legend = element("legend", { class: "unseen" }, `${name}: options`);
  const drawn = fields.map((field) => drawField(kind, field));
  return element("fieldset", { class: "options", "data-kind": kind }, legend, ...drawn);
}

function enableOnly(place, kind) {
  for (const set of place.children) {
    set.hidden = set.dataset.kind !== kind;
    set.disabled = set.hidden;
  }
}

function drawField(kind, field) {
  const name = fieldName(kind, field);
  if (field.type === "renditions") return renditions(name, field);
  const input = field.type === "choice" ? choice(name, field) : number(name, field);
  const unit = field.unit ? element("span", { class: "unit" }, field.unit) : null;
  const control = element("span", { class: "control" }, input, unit);
  return element("label", { class: "field" }, element("span", {}, field.label), control);
}

function choice(name, { choices, value }) {
  const drawn = choices.map(([each, words]) => element("option", { value: each, selected: each === value }, words));
  return element("select", { name }, ...drawn);
}

function number(name, { min, max, step, value, placeholder, optional }) {
  const required = !optional;
  return element("input", { type: "number", inputmode: "decimal", name, min, max, step, value, placeholder, required });
}

function renditions(name, { heights, value }) {
  const rows = CODECS.map(([codec, words]) => {
    const boxes = heights.map(([height, label]) => {
      const each = `${codec}-${height}`;
      const box = element("input", { type: "checkbox", name, value: each, checked: value.includes(each) });
      return element("label", { class: "chip" }, box, element("span", {}, label));
    });
    const group = { class: "renditions", role: "group", "aria-label": words };
    return element("div", group, element("span", {}, words), ...boxes);
  });
  return element("div", { class: "wide" }, ...rows);
}
