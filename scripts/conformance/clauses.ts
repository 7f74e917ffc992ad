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
const rank = ({ id }: Clause) => ORDER.indexOf(id[0]) * 100 + Number(/\d+/.exec(id)![0]);

/** All clauses that can be seen from outside, in the order of the specification. */
export const CLAUSES: readonly Clause[] = [
  ...[UPDATE_CLAUSES, READ_CLAUSES, TEXT_CLAUSES, LOAD_CLAUSES, PERSIST_CLAUSES],
  ...[CRASH_CLAUSES, FAILURE_CLAUSES, LAYOUT_CLAUSES],
].flat().sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));

/** The clauses that a name selects: `P7` is all of its parts, `P7.bad-main` is one. */
export function selectClauses(name: string): readonly Clause[] {
  return CLAUSES.filter(({ id }) => id === name || id.split(".")[0] === name);
}
