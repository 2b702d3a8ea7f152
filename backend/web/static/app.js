// Joins the parts of the page; the one file that knows them all.

import { readStats } from "./api.js";
import { CachePanel } from "./cache_panel.js";
import { acceptDrops } from "./drop.js";
import { chooseFile, startForm, tellProblem } from "./form.js";
import { JobList } from "./jobs.js";
import { light } from "./lamp.js";
import { clearNotice, showNotice } from "./notice.js";
import { poll } from "./polling.js";

const STATS_SECONDS = 2.5;
const REFRESH_SECONDS = 3;

const find = (id) => document.getElementById(id);
const form = find("new-job");
const panel = new CachePanel(find("cache"));
const jobs = new JobList(
  { list: find("jobs"), empty: find("no-jobs"), older: find("older") },
  { heard: (answer) => panel.heard(answer), missed: (problem) => panel.missed(problem), live: light },
);

startForm(form, (request, file) =>
  jobs.start(request, file).catch((problem) => tellProblem(problem.message)),
);
acceptDrops(find("drop-here"), (files) => chooseFile(form, files));

// Jobs may have been started elsewhere while the person was away.
let refreshedAt = performance.now();
function comeBack() {
  if (document.hidden || performance.now() - refreshedAt < REFRESH_SECONDS * 1000) return;
  refreshedAt = performance.now();
  jobs.refresh();
}
document.addEventListener("visibilitychange", comeBack);
window.addEventListener("focus", comeBack);

async function askStats() {
  panel.told(await readStats());
  clearNotice("stats");
  return { done: false, retryAfter: STATS_SECONDS };
}

const forever = new AbortController().signal;
poll(askStats, forever, { onFailure: (problem) => showNotice("stats", `${problem.message} Still trying.`) });
jobs.refresh();
