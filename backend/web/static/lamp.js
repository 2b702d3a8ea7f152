// The tally light: lit while anything is live, in the header, in the tab's icon and in its title.

import { write } from "./element.js";
import { liveWords } from "./words.js";

/** Shows how many jobs are live. */
export function light(count) {
  const lit = count > 0;
  document.querySelector("#lamp").classList.toggle("lit", lit);
  write(document.querySelector("#live"), liveWords(count));
  document.title = lit ? `● ${count} live · Tally` : "Tally";
  const icon = document.querySelector("#icon");
  const href = lit ? "/static/favicon-live.svg" : "/static/favicon.svg";
  if (icon.getAttribute("href") !== href) icon.setAttribute("href", href);
}
