import { checkNames } from "../../core/check_names.ts";
import { quote } from "../../core/table/message_queue.ts";
import type { OpenOptions } from "../options.ts";

/** All options of an open; with this type the compiler refuses a list that is not whole. */
const NAMES: Record<keyof OpenOptions, true> = {
  clientId: true,
  group: true,
  root: true,
  format: true,
  checksum: true,
  onCorrupt: true,
  onConflict: true,
  durability: true,
  exclusive: true,
  journal: true,
  persistEveryMs: true,
  onDiagnostic: true,
  fileSystem: true,
};

/** See `NAMES`. */
export const OPTION_NAMES: readonly string[] = Object.keys(NAMES);

const CHOICES = {
  format: ["go", "java"],
  onCorrupt: ["throw", "reset"],
  onConflict: ["throw", "merge"],
  durability: ["full", "relaxed"],
} as const;

const MAX_TIMEOUT = 2 ** 31 - 1;

/**
 * Refuses options that a caller without a type checker might pass, before anything is done (U6).
 * The root and the names of the directories are checked where the path is made.
 *
 * @throws {TypeError} If an option is unknown or of the wrong type.
 * @throws {RangeError} If a number is out of its range.
 */
export function checkOptions(options: OpenOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(
      `Cannot open a store with options ${quote(options)}: they are not an object; ` +
        'pass { clientId: "10.0.0.7@1", group: "orders" }',
    );
  }
  checkNames("option", options, OPTION_NAMES);
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = options[name as keyof typeof CHOICES];
    if (value !== undefined && !(choices as readonly unknown[]).includes(value)) {
      const known = choices.map((choice) => `"${choice}"`).join(" nor ");
      throw new TypeError(`Cannot use ${name} ${quote(value)}: it is neither ${known}`);
    }
  }
  const { checksum, persistEveryMs, journal, onDiagnostic, fileSystem, exclusive } = options;
  checkType("checksum", checksum, "boolean", "true or false");
  checkType("onDiagnostic", onDiagnostic, "function", "a function that takes a diagnostic");
  checkType("exclusive", exclusive, "boolean", "true or false");
  // A longer timeout would be taken for 1 ms.
  if (persistEveryMs !== undefined) checkInteger("persistEveryMs", persistEveryMs, 1, MAX_TIMEOUT);
  if (fileSystem !== undefined && typeof fileSystem?.readFile !== "function") {
    throw new TypeError(
      `Cannot use fileSystem ${quote(fileSystem)}: it has no method "readFile"; ` +
        "leave it out for the real one",
    );
  }
  checkJournal(journal);
}

function checkJournal(journal: OpenOptions["journal"]): void {
  if (journal === undefined || typeof journal === "boolean") return;
  if (typeof journal !== "object" || journal === null) {
    throw new TypeError(
      `Cannot use journal ${quote(journal)}: it is neither a boolean nor an object; ` +
        "pass true, or { compactAtBytes: 65536 }",
    );
  }
  checkNames("journal option", journal, ["compactAtBytes"]);
  checkInteger("compactAtBytes", journal.compactAtBytes, 0, Number.MAX_SAFE_INTEGER);
}

function checkType(
  name: string,
  value: unknown,
  type: "boolean" | "function",
  wayOut: string,
): void {
  if (value === undefined || typeof value === type) return;
  throw new TypeError(`Cannot use ${name} ${quote(value)}: it is not a ${type}; pass ${wayOut}`);
}

function checkInteger(name: string, value: unknown, min: number, max: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return;
  throw new RangeError(
    `Cannot use ${name} ${quote(value)}: it is not an integer from ${min} to ${max}`,
  );
}
