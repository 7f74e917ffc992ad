/**
 * The log of a recorded disk: all writes and flushes, in the order in which the disk answered them.
 *
 * A record has a header of 24 bytes, little endian, and after that a write's data.
 *
 *     0  type    u8, 1 write, 2 flush
 *     4  length  u32, of a write's data
 *     8  offset  f64, of a write
 *     16 covers  u32, of a flush: how many writes it made durable
 */
const HEADER = 24;
const WRITE = 1;
const FLUSH = 2;

/** A write that the disk has answered; it may be lost until a flush covers it. */
export interface DiskWrite {
  readonly offset: number;
  readonly data: Uint8Array;
}

/** An action of a disk; `end` is the end of its record in the log. */
export type DiskEvent =
  | { readonly kind: "write"; readonly write: DiskWrite; readonly end: number }
  | { readonly kind: "flush"; readonly covers: number; readonly end: number };

/** The record of a write. */
export function writeRecord({ offset, data }: DiskWrite): Uint8Array {
  const record = new Uint8Array(HEADER + data.length);
  const header = new DataView(record.buffer);
  header.setUint8(0, WRITE);
  header.setUint32(4, data.length, true);
  header.setFloat64(8, offset, true);
  record.set(data, HEADER);
  return record;
}

/** The record of a flush that made so many writes durable, the first ones of the log. */
export function flushRecord(covers: number): Uint8Array {
  const record = new Uint8Array(HEADER);
  const header = new DataView(record.buffer);
  header.setUint8(0, FLUSH);
  header.setUint32(16, covers, true);
  return record;
}

/**
 * Reads a log; the data of its writes are views of it.
 *
 * @throws {RangeError} If it ends within a record, or has one of no known type.
 */
export function readDiskLog(log: Uint8Array): DiskEvent[] {
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength);
  const events: DiskEvent[] = [];
  for (let at = 0; at < log.length;) {
    const type = view.getUint8(at);
    const begin = at + HEADER;
    at = begin + view.getUint32(begin - HEADER + 4, true);
    if (at > log.length) throw new RangeError(`Cannot read the disk's log: it ends in a record`);
    if (type === WRITE) {
      const offset = view.getFloat64(begin - HEADER + 8, true);
      events.push({ kind: "write", write: { offset, data: log.subarray(begin, at) }, end: at });
    } else if (type === FLUSH) {
      events.push({ kind: "flush", covers: view.getUint32(begin - HEADER + 16, true), end: at });
    } else throw new RangeError(`Cannot read the disk's log: a record has the type ${type}`);
  }
  return events;
}
