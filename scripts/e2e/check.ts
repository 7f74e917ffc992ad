import { type Io, paint } from "../lib/io.ts";
import { formatTable } from "../lib/table.ts";

/** The result of a check. */
export interface Finding {
  readonly check: string;
  readonly holds: boolean;
  /** The observation, or the reason why the check does not hold. */
  readonly seen: string;
}

/** Runs checks one after the other, and goes on after one that does not hold. */
export class Checks {
  readonly findings: Finding[] = [];
  readonly #io: Io;
  readonly #title: string;

  constructor(io: Io, title: string) {
    this.#io = io;
    this.#title = title;
  }

  /** Runs a check, which returns its observation or throws. */
  async run(check: string, look: () => Promise<string>): Promise<void> {
    this.#io.err(`${this.#title}: ${check}\n`);
    try {
      this.findings.push({ check, holds: true, seen: await look() });
    } catch (error) {
      const { message } = error as Error;
      this.#io.err(`${paint(this.#io, "red", "  it does not hold")}: ${message}\n`);
      this.findings.push({ check, holds: false, seen: message });
    }
  }
}

/** The findings as a table, and the whole observation of each check that does not hold. */
export function findingsTable(findings: readonly Finding[], io: Io): string {
  const columns = [{ title: "CHECK" }, { title: "RESULT" }, { title: "SEEN" }];
  const rows = findings.map(({ check, holds, seen }) => [
    check,
    holds ? "holds" : "FAILS",
    holds ? seen : "see below",
  ]);
  const table = formatTable(columns, rows, (text, row, column) => {
    if (row < 0 || column !== 1) return text;
    return paint(io, findings[row].holds ? "green" : "red", text);
  });
  const faults = findings.filter(({ holds }) => !holds)
    .map(({ check, seen }) => `\n${check}:\n  ${seen.replaceAll("\n", "\n  ")}\n`);
  return table + faults.join("");
}
