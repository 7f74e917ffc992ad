// Control and format characters (bidirectional overrides too) could move the cursor, recolour the
// screen or make one name look like another: a name in a file is not to be trusted with that.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const SHORT: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Makes text safe to print on one line. */
export function escape(text: string): string {
  return text.replace(UNPRINTABLE, (c) => {
    const hex = c.codePointAt(0)!.toString(16);
    return SHORT[c] ?? (hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`);
  });
}

/** A value as messages show it. */
export function quote(text: string): string {
  return escape(JSON.stringify(text));
}

/** The same for a JSON text: it stays JSON for the same value, and its layout stays. */
export function escapeJson(json: string): string {
  return json.replace(UNPRINTABLE, (c) => "\n\t".includes(c) ? c : toUnits(c));
}

/** JSON knows escapes of UTF-16 units only. */
function toUnits(character: string): string {
  return character.split("").map((unit) => `\\u${hexOf(unit.charCodeAt(0))}`).join("");
}

function hexOf(unit: number): string {
  return unit.toString(16).padStart(4, "0");
}
