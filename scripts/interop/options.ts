import { flag, some, text, type ValuesOf, wholeNumber } from "../lib/options.ts";
import { UsageError } from "../lib/usage_error.ts";
import { type Client, CLIENTS } from "./clients.ts";

const PARTS = ["files", "kit"] as const;
const IDS = CLIENTS.map(({ id }) => id);

/** The options of the task. */
export const OPTIONS = {
  clients: some("IDS", `some clients: ${IDS.join(", ")}`, IDS),
  tables: wholeNumber("N", "how many tables go through the files, 100 by default", 1, 100),
  runs: wholeNumber("N", "how many cases the kit takes for a clause, 30 by default", 1, 30),
  only: text("CLAUSES", "some clauses, as the kit's option"),
  seed: wholeNumber("S", "repeat the tables and the cases of an earlier run", 0),
  folder: text(
    "DIR",
    "where the drivers are built and the kit's reports are kept, .interop by default",
    ".interop",
  ),
  fixtures: flag("write the files of tests/fixtures anew, and end"),
  json: flag("print all that was found as JSON"),
  html: text("FILE", "write the matrix and the stories behind it as one page"),
};

/** Their values. */
export type Options = Omit<ValuesOf<typeof OPTIONS>, "clients"> & {
  readonly parts: readonly Part[];
  readonly clients: readonly Client[];
};

/** The subject of the checks: the files that are handed over, or the specification. */
export type Part = (typeof PARTS)[number];

/** The values, with the clients that they name and the parts that the operands name. */
export function optionsOf(
  values: ValuesOf<typeof OPTIONS>,
  operands: readonly string[],
): Options {
  const stray = operands.find((each) => !PARTS.some((part) => part === each));
  if (stray !== undefined) throw new UsageError(`${JSON.stringify(stray)} is no part`);
  const parts = PARTS.filter((part) => operands.length === 0 || operands.includes(part));
  const clients = CLIENTS.filter(({ id }) => values.clients.includes(id));
  return { ...values, parts, clients };
}
