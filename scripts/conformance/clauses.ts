import type { Clause } from "./clause.ts";
import { CRASH_CLAUSES } from "./clauses_crash.ts";
import { FAILURE_CLAUSES } from "./clauses_failure.ts";
import { LAYOUT_CLAUSES } from "./clauses_layout.ts";
import { LOAD_CLAUSES } from "./clauses_load.ts";
import { PERSIST_CLAUSES } from "./clauses_persist.ts";
import { READ_CLAUSES } from "./clauses_read.ts";
import { TEXT_CLAUSES } from "./clauses_text.ts";
import { UPDATE_CLAUSES } from "./clauses_update.ts";

const ORDER = "URDSLPG";
const rank = (id: string) => ORDER.indexOf(id[0]) * 100 + Number(/\d+/.exec(id)?.[0]);

/** The order of the specification, for the names of clauses. */
export const compareClauses = (a: string, b: string): number =>
  rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);

/** All clauses that can be seen from outside, in the order of the specification. */
export const CLAUSES: readonly Clause[] = [
  ...[UPDATE_CLAUSES, READ_CLAUSES, TEXT_CLAUSES, LOAD_CLAUSES, PERSIST_CLAUSES],
  ...[CRASH_CLAUSES, FAILURE_CLAUSES, LAYOUT_CLAUSES],
].flat().sort((a, b) => compareClauses(a.id, b.id));

/** The clauses that a name selects: `P` is a family, `P7` has parts, `P7.bad-main` is one clause. */
export function selectClauses(name: string): readonly Clause[] {
  return CLAUSES.filter(({ id }) => [id, id.split(".")[0], id[0]].includes(name));
}
