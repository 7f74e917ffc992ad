/** The surroundings of a command besides the files it names; the tests pass their own. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** Waits until what was printed is on its way, so that a slow reader does not fill the memory. */
  flush?(): Promise<void>;
  /** Reads standard input to its end. */
  input?(): Promise<Uint8Array>;
  /** Whether `out` is a terminal: then a watch redraws in place. */
  readonly isTerminal: boolean;
  /** Whether colours are wanted. */
  readonly color: boolean;
  /**
   * Asks a question, on a terminal only, and resolves to the line that was typed; to `undefined` if the
   * input has ended.
   */
  readonly ask?: (question: string) => Promise<string | undefined>;
  /** How large the terminal is; `undefined` if `out` is none. */
  size?(): { readonly columns: number; readonly rows: number } | undefined;
  now(): number;
  /** Resolves after the time, to false once the program should end. */
  sleep(ms: number): Promise<boolean>;
}

const COLORS = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const;

export type Color = keyof typeof COLORS;

export function paint(io: Io, color: Color, text: string): string {
  return io.color ? `\x1b[${COLORS[color]}m${text}\x1b[0m` : text;
}

/** Prints a value as JSON, on one line. */
export function printJsonLine(io: Io, value: unknown): void {
  io.out(JSON.stringify(value) + "\n");
}
