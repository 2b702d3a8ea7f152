// What the answers to our polls say about the cache. Pure: header values in, words out.

export const REMEMBERED = 60;

const WITHOUT_REDIS = new Set(["redis-off", "redis-missing"]);
const WHO = { redis: "Redis", near: "Tally's own memory", store: "the database", nobody: "nobody" };

/** Who gave an answer, from its Cache-Status (RFC 9211): "redis", "near" (in the API's own memory) or "store".
 *  `redisAway` is true when the answer says that Redis was passed over because it does not respond. What is given
 *  instead of the database's answer, while that is away, comes from a memory, too (fwd-status=503). */
export function readCacheStatus(header) {
  const parts = (header ?? "").split(";").map((part) => part.trim().toLowerCase());
  const detail = parts.find((part) => part.startsWith("detail="))?.slice("detail=".length).replaceAll('"', "") ?? "";
  const hit = parts.includes("hit") || parts.includes("fwd-status=503");
  return {
    who: hit ? (detail === "near" ? "near" : "redis") : "store",
    redisAway: detail === "redis-down",
    old: parts.includes("fwd-status=503"),
  };
}

/** One poll's answer as the panel remembers it. */
export function answered({ status, cacheStatus, age, tookMs }, at = new Date()) {
  const { who, redisAway, old } = readCacheStatus(cacheStatus);
  return { who, redisAway, old, status, unchanged: status === 304, age: age == null ? null : Number(age), tookMs, at };
}

/** A poll that got no usable answer; `status` is 0 when there was none at all. */
export function unanswered(status, at = new Date()) {
  return { who: "nobody", redisAway: false, old: false, status, unchanged: false, age: null, tookMs: null, at };
}

/** "Redis, 2 s old, nothing new (304), 3 ms": one tick, in words that may follow a colon. */
export function tickWords(answer) {
  if (answer.who === "nobody") return answer.status ? `the server answered ${answer.status}` : "no answer";
  const kept = answer.who !== "store" && answer.age !== null ? `, ${answer.age || "under 1"} s old` : "";
  const what = answer.unchanged ? "nothing new (304)" : "a new version (200)";
  return `${WHO[answer.who]}${kept}, ${what}, ${Math.max(1, Math.round(answer.tookMs))} ms`;
}

export function count(answers) {
  const counts = { redis: 0, near: 0, store: 0, nobody: 0 };
  for (const { who } of answers) counts[who] += 1;
  return counts;
}

/** The one sentence under the lamp. `stats` is null until the server has told. */
export function explain(answers, stats) {
  const state = redisState(answers, stats);
  const counts = count(answers);
  const remembered = counts.near + counts.redis > 0;
  if (state === "off" && !remembered) return `${withoutRedis(stats)}; the database answers every poll.`;
  if (state === "away" && !remembered) return "Redis is away; the database answers. Nothing is lost.";
  if (answers.at(-1)?.old) return "The database is away; what is remembered answers. Nothing is lost.";
  if (answers.length === 0) return "No polls yet. Start a job and watch who answers.";
  if (answers.length === 1) return oneWords(answers[0]);
  const first = { off: `${withoutRedis(stats)}. `, away: "Redis is away, and nothing is lost. " }[state] ?? "";
  return `${first}${memoryWords(counts, answers.length)}; ${storeWords(counts.store)}${lostWords(counts.nobody)}.`;
}

function withoutRedis(stats) {
  return stats.cache_enabled ? "There is no Redis" : "The cache is switched off";
}

function oneWords({ who }) {
  return who === "nobody" ? "The last poll got no answer." : `${capital(WHO[who])} answered the last poll.`;
}

function memoryWords({ redis, near }, total) {
  const polls = `of the last ${total} polls`;
  if (near > 0 && redis > 0) return `Tally's own memory answered ${near} and Redis ${redis} ${polls}`;
  const [who, times] = near > 0 ? ["Tally's own memory", near] : ["Redis", redis];
  return `${who} answered ${times === 0 ? "none" : times === total ? "all" : times} ${polls}`;
}

function storeWords(times) {
  return `the database was ${["not asked", "asked once", "asked twice"][times] ?? `asked ${times} times`}`;
}

function lostWords(times) {
  return times === 0 ? "" : `; ${times} got no answer`;
}

function capital(words) {
  return words[0].toUpperCase() + words.slice(1);
}

/** "here", "away", "off" (by setting, or not installed) or "unknown". The newest thing heard counts: a poll
 *  often knows before the statistics do. */
export function redisState(answers, stats) {
  if (stats && (!stats.cache_enabled || WITHOUT_REDIS.has(stats.state))) return "off";
  const last = answers.findLast(({ who }) => who !== "nobody");
  if (last && last.at > (stats?.at ?? 0)) {
    if (last.redisAway) return "away";
    if (last.who === "redis") return "here";
  }
  if (!stats) return "unknown";
  return stats.redis_enabled ? "here" : "away";
}

/** The middle one of the answer times in milliseconds, or null. */
export function typicalMs(answers) {
  const times = answers.map(({ tookMs }) => tookMs).filter(Number.isFinite).sort((one, other) => one - other);
  return times.length ? times[Math.floor(times.length / 2)] : null;
}
