import { flag, type Option, text, type ValuesOf, wholeNumber } from "../lib/options.ts";
import { UsageError } from "../lib/usage_error.ts";
import type { Clause } from "./clause.ts";
import { CLAUSES, selectClauses } from "./clauses.ts";
import { PROFILE_NAMES } from "./profiles.ts";

/** Some of the clauses. */
const only: Option<readonly Clause[]> = {
  value: "CLAUSES",
  help:
    "some clauses, with commas between them: P is a family, P7 all of its parts, P7.bad-main one",
  read([given], name) {
    if (given === undefined) return CLAUSES;
    const ids = given.split(",").flatMap((each) => {
      const selected = selectClauses(each.trim());
      if (selected.length > 0) return selected.map(({ id }) => id);
      throw new UsageError(`--${name} ${JSON.stringify(each)} is no clause; --list lists them`);
    });
    return CLAUSES.filter(({ id }) => ids.includes(id));
  },
};

/** One of the profiles. */
const profile: Option<string | undefined> = {
  value: "NAME",
  help: `what the client promises (${PROFILE_NAMES.join(", ")}), instead of what it says`,
  read([given], name) {
    if (given === undefined || PROFILE_NAMES.includes(given)) return given;
    throw new UsageError(`--${name} "${given}" is none of ${PROFILE_NAMES.join(", ")}`);
  },
};

/** The options of the kit. */
export const OPTIONS = {
  runs: wholeNumber(
    "N",
    "how many cases for a clause, 100 by default; clauses that are slow take fewer",
    1,
    100,
  ),
  only,
  seed: wholeNumber("S", "repeat the cases of an earlier run", 0),
  profile,
  start: wholeNumber(
    "SECONDS",
    "how long the driver may take to answer hello, 5 by default",
    1,
    5,
  ),
  json: flag("print the report as JSON, for conformance report"),
  html: text("FILE", "write the report as one page"),
  list: flag("list the clauses and end"),
};

/** Their values. */
export type Options = ValuesOf<typeof OPTIONS>;
