import { nearestName } from "./nearest_name.ts";
import { quote } from "./table/message_queue.ts";

/**
 * Refuses an object with a member of an unknown name, and says which one was meant (U6): an option
 * that is passed over silently is one that its caller believes in.
 *
 * @throws {TypeError} If a name is unknown.
 */
export function checkNames(what: string, value: object, known: readonly string[]): void {
  const stray = Object.keys(value).find((name) => !known.includes(name));
  if (stray === undefined) return;
  const meant = nearestName(stray, known);
  const wayOut = meant === undefined ? `the names are ${known.join(", ")}` : `use "${meant}"`;
  throw new TypeError(`Cannot use ${what} ${quote(stray)}: there is none of this name; ${wayOut}`);
}
