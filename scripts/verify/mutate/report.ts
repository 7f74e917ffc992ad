/** The fate of the mutants of one or several files. */
export interface Figures {
  readonly mutants: number;
  readonly killed: number;
  /** Killed because the tests came to no end. */
  readonly timeouts: number;
  readonly survived: number;
  /** Annotated in the source as equal in effect, each with its proof. */
  readonly ignored: number;
}

/** A mutant that no test notices. */
export interface Survivor {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
}

/** The part of Stryker's report that is used. */
export interface StrykerReport {
  readonly files: Readonly<Record<string, { source: string; mutants: readonly Mutant[] }>>;
}

interface Mutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: string;
  readonly location: { readonly start: Position; readonly end: Position };
}

interface Position {
  readonly line: number;
  readonly column: number;
}

/** Counts; what Stryker could not run counts as survived, since nobody has killed it. */
export function figuresOf(mutants: readonly Mutant[]): Figures {
  const count = (test: (mutant: Mutant) => boolean) => mutants.filter(test).length;
  const timeouts = count(({ status }) => status === "Timeout");
  const killed = count(({ status }) => status === "Killed");
  const ignored = count(({ status }) => status === "Ignored");
  const survived = mutants.length - killed - timeouts - ignored;
  return { mutants: mutants.length, killed, timeouts, survived, ignored };
}

/** How many of a hundred mutants are found out; those that are ignored do not count. */
export function scoreOf({ mutants, survived, ignored }: Figures): number {
  const counted = mutants - ignored;
  return counted === 0 ? 100 : 100 * (counted - survived) / counted;
}

/** The mutants that nobody has killed, in the order of the files. */
export function survivorsOf({ files }: StrykerReport): Survivor[] {
  const found = Object.entries(files).sort(([a], [b]) => a < b ? -1 : 1);
  return found.flatMap(([file, { source, mutants }]) =>
    mutants.filter((mutant) => figuresOf([mutant]).survived === 1).map(
      ({ mutatorName: mutator, replacement = "", location: { start, end } }) => {
        const { line, column } = start;
        const original = textBetween(source, start, end);
        return { file, line, column, mutator, original, replacement };
      },
    )
  );
}

/** Stryker counts lines and columns from 1. */
function textBetween(source: string, start: Position, end: Position): string {
  const lines = source.split("\n").slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines[lines.length - 1].slice(0, end.column - 1);
  lines[0] = lines[0].slice(start.column - 1);
  return lines.join("\n");
}
