import { quote } from "../core/message_queue.ts";
import type { OpenOptions } from "./options.ts";

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
  const { persistEveryMs } = options;
  if (persistEveryMs === undefined) return;
  // A longer timeout would be taken for 1 ms.
  if (
    !Number.isSafeInteger(persistEveryMs) || persistEveryMs < 1 || persistEveryMs > MAX_TIMEOUT
  ) {
    throw new RangeError(
      `Cannot use persistEveryMs ${quote(persistEveryMs)}: ` +
        `it is not an integer from 1 to ${MAX_TIMEOUT}`,
    );
  }
}
