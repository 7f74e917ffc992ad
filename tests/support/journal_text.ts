import { crc32 } from "node:zlib";
import { parseSnapshot } from "../../src/core/format/parse.ts";
import { firstHeaderOf, headerOf, recordOf } from "./journal_lines.ts";
import { queue } from "./store_directory.ts";

/** A journal that extends a file with this text; each record has queues 0, 1, … at its offsets. */
export function journalText(snapshot: string, ...records: readonly (readonly bigint[])[]): string {
  const texts = records.map((offsets) =>
    recordOf(offsets.map((offset, id) => [queue(id), offset] as const))
  );
  return headerText(snapshot) + texts.join("");
}

/**
 * The first line of a journal, which may claim another length of the file; a file without a
 * generation has a journal as version 0.1.0 wrote it.
 */
export function headerText(snapshot: string, length = snapshot.length): string {
  const id = { length, crc32: crc32(snapshot) };
  const { generation } = parseSnapshot(snapshot, undefined);
  return generation === undefined ? firstHeaderOf(id) : headerOf(id, undefined, { generation });
}
