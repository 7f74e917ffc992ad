/** The text around the place of a fault. */
export interface Excerpt {
  readonly before: string;
  /** The first character of the fault; empty if the file ends there. */
  readonly at: string;
  readonly after: string;
}

/** How many bytes are shown on each side. */
const AROUND = 40;

/** Control characters are shown by their pictures. */
const visible = (text: string) =>
  text.replace(/\p{Cc}/gu, (char) => {
    if (char === "\n") return "↵";
    const code = char.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : "␡";
  });

/**
 * The bytes around a position as text.
 *
 * @param position In bytes, from the start of the file.
 */
export function excerptAt(bytes: Uint8Array, position: number): Excerpt {
  const text = (from: number, to: number) =>
    visible(new TextDecoder().decode(bytes.subarray(Math.max(0, from), to)));
  const start = Math.min(position, bytes.length);
  let end = Math.min(start + 1, bytes.length);
  // The rest of a character of several bytes.
  while (end < bytes.length && (bytes[end] & 0xc0) === 0x80) end++;
  return {
    before: (start > AROUND ? "…" : "") + text(start - AROUND, start),
    at: text(start, end),
    after: text(end, end + AROUND) + (end + AROUND < bytes.length ? "…" : ""),
  };
}
