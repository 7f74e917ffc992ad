import { Child } from "../../lib/child.ts";

/** How a command ended, and what it printed. */
export interface Result {
  readonly status: number;
  readonly output: string;
}

const END = "--- ended with ";

/**
 * A shell that runs one command after the other.
 *
 * To start a process from this one, which holds the content of a disk in memory, takes several times
 * as long as to have a small process do it.
 */
export class Shell {
  readonly #child = new Child(["sh"]);

  /** Runs a command to its end. */
  async run(...command: readonly string[]): Promise<Result> {
    const words = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
    // The output may end without a new line.
    this.#child.tell(`${words} 2>&1 </dev/null; printf '\\n%s%s\\n' '${END}' $?`);
    const lines: string[] = [];
    for (;;) {
      const line = await this.#child.take();
      if (line === undefined) throw new Error(`Cannot run ${words}: the shell is gone`);
      if (line.startsWith(END)) {
        return { status: Number(line.slice(END.length)), output: lines.join("\n") };
      }
      lines.push(line);
    }
  }

  /**
   * Runs a command that must succeed, and answers what it printed.
   *
   * @throws {Error} If it does not succeed.
   */
  async must(...command: readonly string[]): Promise<string> {
    const { status, output } = await this.run(...command);
    if (status === 0) return output.trim();
    throw new Error(`Cannot run ${command.join(" ")}: it ended with ${status}\n${output.trim()}`);
  }

  /** Ends the shell. */
  async close(): Promise<void> {
    this.#child.hangUp();
    await this.#child.ended;
  }
}
