import { LONGEST_TEXT } from "../recovery/read_snapshot.ts";

/** No runtime could read the file again (L4). */
export class TooLongError extends Error {
  override readonly name = "TooLongError";

  constructor(length: number) {
    super(`the table has ${length} bytes as text, and ${LONGEST_TEXT} can be read again`);
  }
}
