/** How bad it is for a consumer if a clause does not hold, the worst first. */
export const SEVERITIES = ["data loss", "silent reset", "wrong answer", "cosmetic"] as const;

export type Severity = typeof SEVERITIES[number];

/** The consequence of each severity for the consumer. */
export const CONSEQUENCES: Record<Severity, string> = {
  "data loss": "a position that was stored is gone, or a file of others",
  "silent reset": "the consumer starts anew, and no error says so",
  "wrong answer": "a call answers or does something else",
  "cosmetic": "bytes, names or extra writes differ; positions are right",
};
