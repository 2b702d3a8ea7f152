// What things are called on the page. Pure: values in, words out.

const STATES = {
  uploading: { mark: "↑", word: "uploading" },
  queued: { mark: "○", word: "queued" },
  running: { mark: "●", word: "running" },
  canceling: { mark: "◐", word: "canceling" },
  succeeded: { mark: "✓", word: "succeeded" },
  failed: { mark: "✕", word: "failed" },
  canceled: { mark: "–", word: "canceled" },
  expired: { mark: "⌛", word: "expired" },
};

const PHASES = {
  queued: "Waiting for a worker",
  generate: "Making the sample clip",
  probe: "Looking at the file",
  encode: "Working",
  done: "Finishing",
};

/** The mark and word of a state; a state this page does not know is shown by its own name. */
export function stateWords(status) {
  return STATES[status] ?? { mark: "·", word: status };
}

export function phaseWords(job) {
  if (job.status === "canceling") return "Stopping";
  if (job.status === "queued") return PHASES.queued;
  return PHASES[job.progress?.phase] ?? job.progress?.phase ?? "Working";
}

export function sourceWords(source) {
  return source?.type === "sample" ? "sample clip" : source?.filename ?? source?.type ?? "unknown source";
}

/** Decimal units, as file managers show them. */
export function sizeWords(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < 1000) return `${bytes} bytes`;
  const [unit, factor] = bytes < 1e6 ? ["kB", 1e3] : bytes < 1e9 ? ["MB", 1e6] : ["GB", 1e9];
  const value = bytes / factor;
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}

export function durationWords(seconds) {
  if (!Number.isFinite(seconds) || seconds < 0) return "";
  if (seconds < 0.05) return "under 0.1 s";
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** "1280 × 720 · 30 fps · 8.0 s · h264, aac" of what was found in the file; "" before anyone has looked. */
export function mediaWords(media) {
  if (!media) return "";
  const codecs = [media.video_codec, media.audio_codec].filter(Boolean).join(", ");
  return [
    media.width && media.height ? `${media.width} × ${media.height}` : "",
    media.frame_rate ? `${Number(Number(media.frame_rate).toFixed(2))} fps` : "",
    durationWords(media.duration_seconds),
    codecs,
    sizeWords(media.bytes),
  ].filter(Boolean).join(" · ");
}

/** Seconds from start to finish of a done job, or null when it never started. */
export function secondsTaken(job) {
  if (!job.started_at || !job.finished_at) return null;
  return Math.max(0, (Date.parse(job.finished_at) - Date.parse(job.started_at)) / 1000);
}

/** Time of day for today, with the date for any other day; in the reader's own manner. */
export function clockWords(iso, now = new Date()) {
  const when = new Date(iso);
  const time = { hour: "2-digit", minute: "2-digit" };
  if (when.toDateString() === now.toDateString()) return when.toLocaleTimeString([], time);
  return when.toLocaleString([], { day: "numeric", month: "short", ...time });
}

/** "1 job is live", "3 jobs are live", "Nothing is live". */
export function liveWords(count) {
  if (count === 0) return "Nothing is live";
  return count === 1 ? "1 job is live" : `${count} jobs are live`;
}
