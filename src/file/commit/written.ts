/** What a commit has written. */
export interface Written {
  /** `nothing` if the files hold the table already (P6). */
  readonly as: "nothing" | "record" | "snapshot";
  /** How many bytes it was. */
  readonly bytes: number;
}

/** The files hold the table already. */
export const NOTHING_WRITTEN: Written = { as: "nothing", bytes: 0 };
