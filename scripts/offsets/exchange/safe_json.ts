// As in scripts/lib/escape.ts: control and format characters, surrogates, line and paragraph ends.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Tells whether a text holds characters that a terminal does not show as they are. */
export function hasUnprintable(text: string): boolean {
  return text.search(UNPRINTABLE) >= 0;
}

/** JSON text without such characters: they are escaped, so that a terminal shows them safely. */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(
    UNPRINTABLE,
    // The line ends of an indented text are no part of a name: JSON has escaped those.
    (c) => c === "\n" ? c : c.split("").map(unicode).join(""),
  );
}

function unicode(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
