// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** What turns the direction of the text behind it, and the tags, which nobody sees: with either a text says other than it shows. */
const HIDDEN = /[\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu;

/**
 * Text that a terminal can be given: control characters are shown, not obeyed, so that nothing a model or a server says can
 * move the cursor, rename the window or write to the clipboard; what hides in text is left out. Line breaks and tabs stay. Character by character, so a
 * stream may be cut anywhere.
 */
export function cleanText(text: string): string {
  return text.replace(HIDDEN, "").replace(CONTROLS, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return character === "\r" ? "" : String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "\u2421" : "\ufffd";
  });
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** More code units than this no character of sense has. */
const UNITS_MAX = 16;

/** The same on one line, cut to so many characters. */
export function oneLine(text: string, lengthMax = Number.POSITIVE_INFINITY): string {
  const line = cleanText(text.replaceAll(/\s+/g, " ").trim());
  if (line.length <= lengthMax) return line;
  const characters = Array.from(segmenter.segment(line.slice(0, lengthMax * UNITS_MAX)), ({ segment }) => segment);
  return characters.length <= lengthMax
    ? line
    : `${characters
        .slice(0, lengthMax - 1)
        .join("")
        .trimEnd()}…`;
}
