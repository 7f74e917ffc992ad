/** What the exit codes of every command mean. */
export const EXIT = { ok: 0, finding: 1, usage: 2, failure: 3 } as const;
