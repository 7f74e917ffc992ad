import { compareClauses } from "./clauses.ts";
import { CONSEQUENCES, SEVERITIES, type Severity } from "./severity.ts";

/**
 * The result of a clause. `differs` is a fault that the client's profile does not count as one;
 * `vacuous` means that no case broke the clause, but the client fails calls that every store
 * answers rightly.
 */
export type State = "holds" | "fails" | "differs" | "vacuous" | "unsupported" | "not shown";

/** A clause, held against a client. */
export interface Result {
  readonly id: string;
  readonly text: string;
  readonly severity: Severity;
  /** The section of the specification. */
  readonly specification: string;
  readonly state: State;
  /** How many generated cases passed: all of them, or those before the first failure. */
  readonly passed: number;
  /** The shortest sequence that was found to break it, one line for each call or act. */
  readonly story?: readonly string[];
  readonly expected?: string;
  readonly happened?: string;
  /** Why the client may differ, why the result is vacuous, or why the clause was not shown. */
  readonly reason?: string;
}

/** All clauses, held against a client. */
export interface Report {
  readonly client: {
    readonly name: string;
    readonly version: string;
    readonly profile: string;
    readonly format: string;
  };
  readonly seed: number;
  readonly runs: number;
  readonly seconds: number;
  readonly results: readonly Result[];
}

export const STATES: readonly State[] = [
  ...["holds", "fails", "differs", "vacuous", "unsupported", "not shown"] as const,
];

/** The order of the table: the worst severity first, then the order of the specification. */
export function compareResults(
  a: Pick<Result, "id" | "severity">,
  b: Pick<Result, "id" | "severity">,
): number {
  const rank = ({ severity }: Pick<Result, "severity">) => SEVERITIES.indexOf(severity);
  return rank(a) - rank(b) || compareClauses(a.id, b.id);
}

/** Whether the client breaks what its profile promises. */
export function isFault({ state }: Result): boolean {
  return state === "fails" || state === "vacuous";
}

/** Why results are other than a plain success or fault. */
export interface Reason {
  readonly state: State;
  readonly reason: string;
  /** The clauses that it belongs to. */
  readonly ids: readonly string[];
}

/** Each reason once, with its clauses. */
export function reasonsOf(results: readonly Result[]): Reason[] {
  const found = new Map<string, Reason & { ids: string[] }>();
  for (const { id, state, reason } of results) {
    if (reason === undefined) continue;
    const key = `${state}: ${reason}`;
    found.set(key, { state, reason, ids: [...found.get(key)?.ids ?? [], id] });
  }
  return [...found.values()];
}

/** How far the generated cases came: `100 passed`, `no. 4 failed`, `none run`. */
export function casesOf({ state, passed }: Result): string {
  if (state === "fails" || state === "differs") return `no. ${passed + 1} failed`;
  return passed === 0 ? "none run" : `${passed} passed`;
}

/** The number of clauses in each state: `48 hold, 2 fail`. */
export function summary({ results }: Report): string {
  const verbs: Record<State, string> = {
    holds: "hold",
    fails: "fail",
    differs: "differ, as documented",
    vacuous: "say nothing",
    unsupported: "are not supported",
    "not shown": "could not be shown",
  };
  return STATES.map((state) => [results.filter((result) => result.state === state).length, state])
    .filter(([count, state]) => count !== 0 || state === "fails")
    .map(([count, state]) => `${count} ${verbs[state as State]}`).join(", ");
}

/** A broken clause as text that can be pasted into an issue. */
export function tellStory(client: Report["client"], result: Result): string {
  const { id, text, severity, specification, story = [], expected, happened } = result;
  const lines = story.map((line, index) => `${String(index + 1).padStart(3)}. ${line}`);
  return `${id}: ${text}\n${client.name} ${client.version}\n\n${lines.join("\n")}\n\n` +
    `Expected: ${expected}\nHappened: ${happened}\nSeverity: ${severity}, ${
      CONSEQUENCES[severity]
    }\n` +
    `See: ${specification}\n`;
}
