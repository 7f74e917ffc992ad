/** The order of a check. The program takes it as JSON in its argument. */
export interface ConsumerPlan {
  readonly nameServer: string;
  readonly topic: string;
  /** Whose offset store: ours, or that of ali-ons itself. */
  readonly store: "ours" | "own";
  readonly persistEachMessage: boolean;
  /** Whether our store holds a lock, which the start after a kill waits for. */
  readonly exclusive: boolean;
  readonly from: "first" | "last";
  readonly instanceName: string;
  /** Where the bodies of handled messages are written, one a line. */
  readonly log: string;
  /** How long a handler takes. */
  readonly handlerMs: number;
  /** After how many handled messages the next handler never ends; `null` for never. */
  readonly holdAfter: number | null;
  /** How often ali-ons persists. */
  readonly persistMs: number;
}

/** The group of all consumers; a check has a topic and a home directory of its own. */
export const GROUP = "audit";
