// A refusal as a sentence: problem+json (RFC 9457) in, words out. Pure.

const BY_STATUS = {
  404: "That is not there any more.",
  409: "That is not possible in the job's present state.",
  410: "That is gone.",
  413: "The file is too large for this server.",
  415: "The server does not take this kind of file.",
  429: "Too many requests. Try again in a moment.",
  503: "The server is busy or starting. Try again in a moment.",
};

/** `message` is for people, `status` is the HTTP status (0: no answer), `retryAfter` in seconds or null. */
export class Problem extends Error {
  constructor(message, { status = 0, code = null, retryAfter = null } = {}) {
    super(message);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

export function unanswered() {
  return new Problem("The server does not answer.");
}

export function problemFrom(status, retryAfter, body) {
  const told = parsed(body);
  return new Problem(sentences(told, status), { status, retryAfter, code: told.code ?? null });
}

function parsed(body) {
  try {
    const told = JSON.parse(body);
    return told && typeof told === "object" ? told : {};
  } catch {
    return {};
  }
}

function sentences(told, status) {
  const general = text(told.detail) || text(told.title) || BY_STATUS[status] || `The server answered ${status}.`;
  const fields = Array.isArray(told.errors) ? told.errors.map(fieldSentence).filter(Boolean) : [];
  return [general, ...fields.filter((sentence) => !general.includes(sentence))].join("\n");
}

function fieldSentence(error) {
  const message = text(error?.message);
  return message && error.field ? `${error.field}: ${message}` : message;
}

function text(value) {
  return typeof value === "string" ? value.trim() : "";
}
