import { quote } from "../../core/table/message_queue.ts";
import type { OpenOptions } from "../options.ts";

const CHOICES = {
  format: ["go", "java"],
  onCorrupt: ["throw", "reset"],
  onConflict: ["throw", "merge"],
  durability: ["full", "relaxed"],
} as const;

const MAX_TIMEOUT = 2 ** 31 - 1;

/** Refuses options that a caller without a type checker might pass, before anything is done. */
export function checkOptions(options: OpenOptions): void {
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = options[name as keyof typeof CHOICES];
    if (value !== undefined && !(choices as readonly unknown[]).includes(value)) {
      const known = choices.map((choice) => `"${choice}"`).join(" nor ");
      throw new TypeError(`Cannot use ${name} ${quote(value)}: it is neither ${known}`);
    }
  }
  const { persistEveryMs, journal } = options;
  // A longer timeout would be taken for 1 ms.
  if (persistEveryMs !== undefined) checkInteger("persistEveryMs", persistEveryMs, 1, MAX_TIMEOUT);
  if (journal === undefined || typeof journal === "boolean") return;
  if (typeof journal !== "object" || journal === null) {
    throw new TypeError(
      `Cannot use journal ${quote(journal)}: it is neither a boolean nor an object`,
    );
  }
  checkInteger("compactAtBytes", journal.compactAtBytes, 0, Number.MAX_SAFE_INTEGER);
}

function checkInteger(name: string, value: unknown, min: number, max: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return;
  throw new RangeError(
    `Cannot use ${name} ${quote(value)}: it is not an integer from ${min} to ${max}`,
  );
}
