import { hexadecimal } from "./checksum.ts";
import { type Generation, MAX_JOURNAL_GENERATION, parseGeneration } from "./generation.ts";

/** The bytes of a snapshot, as a journal names them. */
export interface SnapshotId {
  /** How many bytes it has. */
  readonly length: number;
  /** The CRC-32 of all of them. */
  readonly crc32: number;
}

/** What a record that was acknowledged survives: `"full"` a power cut, `"relaxed"` a process crash. */
export type JournalDurability = "full" | "relaxed";

/** The first line of a journal: which snapshot it extends, and how it is written. */
export interface JournalHeader {
  readonly snapshot: SnapshotId;
  /**
   * The generation of that snapshot. It is `undefined` if the number is out of range, and in the
   * format of version 0.1.0, which has no generations.
   */
  readonly generation: Generation | undefined;
  readonly durability: JournalDurability;
  /** The version of the journal's format: 0 is that of version 0.1.0 of this package. */
  readonly version: 0 | 1;
}

/** The newest version of the format, which this module writes. */
const VERSION = 1;

/** Writes the first line's text. */
export function formatHeader(
  { snapshot, generation, durability }: {
    readonly snapshot: SnapshotId;
    readonly generation: Generation;
    readonly durability: JournalDurability;
  },
): string {
  const crc = hexadecimal(snapshot.crc32);
  return `{"version":${VERSION},"generation":${generation},"length":${snapshot.length},` +
    `"crc32":"${crc}","durability":"${durability}"}`;
}

const CURRENT =
  /^\{"version":1,"generation":(\d{1,17}),"length":(\d{1,15}),"crc32":"([0-9a-f]{8})","durability":"(full|relaxed)"\}$/;
const FIRST = /^\{"snapshot":\{"length":(\d{1,15}),"crc32":"([0-9a-f]{8})"\}\}$/;
const ANY_VERSION = /^\{"version":(\d{1,15})[,}]/;

/** Reads the first line's text. If it is no header, returns what is wrong with it, in words. */
export function parseHeader(text: string): JournalHeader | string {
  const current = CURRENT.exec(text);
  if (current !== null) {
    const [, number, length, crc, durability] = current;
    return {
      snapshot: idOf(length, crc),
      generation: parseGeneration(number, MAX_JOURNAL_GENERATION),
      durability: durability as JournalDurability,
      version: VERSION,
    };
  }
  const first = FIRST.exec(text);
  if (first !== null) {
    const [, length, crc] = first;
    return {
      snapshot: idOf(length, crc),
      generation: undefined,
      durability: "full",
      version: 0,
    };
  }
  const version = Number(ANY_VERSION.exec(text)?.[1] ?? VERSION);
  if (version <= VERSION) return "the first line does not name a snapshot";
  return `the first line has format version ${version}, written by a newer version of this ` +
    "package: open the store with that version and close it, which leaves no journal";
}

function idOf(length: string, crc: string): SnapshotId {
  return { length: Number(length), crc32: Number.parseInt(crc, 16) };
}
