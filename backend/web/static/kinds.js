// What Tally can make, in plain words: a table of kinds and their few options. Pure: form values in, spec out.

const STILL_FORMATS = [["jpeg", "JPEG"], ["webp", "WebP"], ["png", "PNG"]];
const HEIGHTS = [[240, "240p"], [360, "360p"], [480, "480p"], [720, "720p"], [1080, "1080p"]];

const seconds = (name, label, rest) => ({ name, label, type: "number", min: 0, step: "any", unit: "s", ...rest });
const whole = (name, label, rest) => ({ name, label, type: "number", step: 1, ...rest });
const choice = (name, label, choices, value) => ({ name, label, type: "choice", choices, value });

export const KINDS = [
  {
    kind: "thumbnail", name: "Thumbnail", says: "One still", fields: [
      seconds("at_seconds", "At second", { optional: true, placeholder: "middle" }),
      choice("width", "Width", [[320, "320 px"], [640, "640 px"], [1280, "1280 px"]], 640),
      choice("format", "Format", STILL_FORMATS, "jpeg"),
    ],
  },
  {
    kind: "contact_sheet", name: "Contact sheet", says: "A page of stills", fields: [
      whole("columns", "Across", { min: 1, max: 10, value: 4 }),
      whole("rows", "Down", { min: 1, max: 10, value: 3 }),
      choice("tile_width", "Each still", [[160, "160 px"], [240, "240 px"], [320, "320 px"]], 240),
      choice("format", "Format", STILL_FORMATS, "jpeg"),
    ],
  },
  {
    kind: "transcode", name: "Transcode", says: "Sizes, formats", fields: [
      { name: "outputs", label: "Sizes", type: "renditions", heights: HEIGHTS, value: ["h264-360"] },
    ],
  },
  {
    kind: "trim", name: "Trim", says: "Cut out a part", fields: [
      seconds("start_seconds", "From second", { value: 0 }),
      seconds("duration_seconds", "Length", { value: 5, min: 0.1 }),
    ],
  },
  {
    kind: "preview", name: "Preview", says: "Short and moving", fields: [
      choice("format", "Format", [["webp", "WebP"], ["gif", "GIF"]], "webp"),
      seconds("start_seconds", "From second", { value: 0 }),
      seconds("duration_seconds", "Length", { value: 3, min: 0.5, max: 10 }),
      choice("width", "Width", [[160, "160 px"], [320, "320 px"], [480, "480 px"]], 320),
      whole("fps", "Pictures per s", { min: 1, max: 20, value: 10 }),
    ],
  },
  {
    kind: "hls", name: "Stream", says: "HLS for players", fields: [
      choice("height", "Size", HEIGHTS, 360),
      whole("segment_seconds", "Segment length", { value: 4, min: 1, max: 30, unit: "s" }),
    ],
  },
  { kind: "probe", name: "Probe", says: "What is in the file", fields: [] },
];

/** The two ways a transcode can be made. */
export const CODECS = [["h264", "MP4 (H.264)"], ["vp9", "WebM (VP9)"]];

export function kindName(kind) {
  return KINDS.find((known) => known.kind === kind)?.name ?? kind;
}

/** The form's name of a field: kinds share field names, the form must not. */
export function fieldName(kind, field) {
  return `${kind}.${field.name}`;
}

/** The spec for the API from the form's values (FormData). An empty optional field is left to the server's default. */
export function specFrom(kind, values) {
  const { fields } = KINDS.find((known) => known.kind === kind);
  const entries = fields.map((field) => [field.name, valueOf(field, fieldName(kind, field), values)]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function valueOf(field, name, values) {
  if (field.type === "renditions") return values.getAll(name).map(rendition);
  const text = String(values.get(name) ?? "").trim();
  if (text === "") return undefined;
  return typeof (field.value ?? 0) === "number" ? Number(text) : text;
}

function rendition(text) {
  const [codec, height] = text.split("-");
  return { codec, height: Number(height) };
}
