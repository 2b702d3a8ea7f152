// Builds page elements. Text always goes in as text: a file name with markup in it stays a file name.

const SVG = "http://www.w3.org/2000/svg";

/** element("a", { class: "x", href: url, on: { click } }, "text", child, null).
 *  true sets a bare attribute; false, null and undefined leave the attribute out. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") listen(made, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

function listen(target, listeners) {
  for (const [event, listener] of Object.entries(listeners)) target.addEventListener(event, listener);
}

/** A line drawing from icons.svg, for the eye only: the words beside it say the same. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** Writes only what differs, so that nothing flickers and no screen reader speaks twice. */
export function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}
