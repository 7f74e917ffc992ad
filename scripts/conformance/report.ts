/** What came of a clause; `differs` is a fault that the client's profile does not count as one. */
export type State = "holds" | "fails" | "differs" | "unsupported" | "not shown";

/** A clause, held against a client. */
export interface Result {
  readonly id: string;
  readonly text: string;
  readonly state: State;
  /** How many cases were run to their end. */
  readonly cases: number;
  /** The shortest sequence that was found to break it, one line for each call or act. */
  readonly story?: readonly string[];
  readonly expected?: string;
  readonly happened?: string;
  /** Why it is allowed to differ, or could not be shown. */
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

export const STATES: readonly State[] = ["holds", "fails", "differs", "unsupported", "not shown"];

/** How many clauses came out how: `48 hold, 2 fail`. */
export function summary({ results }: Report): string {
  const verbs: Record<State, string> = {
    holds: "hold",
    fails: "fail",
    differs: "differ, as documented",
    unsupported: "are not supported",
    "not shown": "could not be shown",
  };
  return STATES.map((state) => [results.filter((result) => result.state === state).length, state])
    .filter(([count, state]) => count !== 0 || state === "fails")
    .map(([count, state]) => `${count} ${verbs[state as State]}`).join(", ");
}

/** A broken clause as text that can be pasted into an issue. */
export function tellStory(client: Report["client"], result: Result): string {
  const { id, text, story = [], expected, happened } = result;
  const lines = story.map((line, index) => `${String(index + 1).padStart(3)}. ${line}`);
  return `${id}: ${text}\n${client.name} ${client.version}\n\n${lines.join("\n")}\n\n` +
    `Expected: ${expected}\nHappened: ${happened}\n`;
}
