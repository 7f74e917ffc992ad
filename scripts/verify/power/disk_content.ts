import { Buffer } from "node:buffer";
import { closeSync, ftruncateSync, openSync, rmSync, writeSync } from "node:fs";
import type { DiskWrite } from "./disk_log.ts";

/** The least that a disk writes; each is written whole or not at all. */
export const SECTOR = 512;

const PAGE = 4096;
/** The longest run of pages that is written at a time. */
const RUN = 256;

/** The durable content of a disk, with an identity by which equal contents are recognized. */
export class DiskContent {
  readonly #bytes: Buffer;
  /** The pages that are not all zeros. */
  readonly #used = new Set<number>();
  /** Of each sector that was ever written, the hash of what it holds. */
  readonly #hashes = new Map<number, bigint>();
  readonly #hashesOf = new WeakMap<DiskWrite, readonly bigint[]>();
  #identity = 0n;

  /** Begins with the content of an image, which becomes this object's own. */
  constructor(image: Buffer) {
    this.#bytes = image;
    const zeros = Buffer.alloc(PAGE);
    for (let at = 0; at < image.length; at += PAGE) {
      if (image.compare(zeros, 0, PAGE, at, at + PAGE) !== 0) this.#used.add(at / PAGE);
    }
  }

  /** Makes a write durable. */
  apply(write: DiskWrite): void {
    this.#sectorsOf(write).forEach((hash, i) => {
      const sector = write.offset / SECTOR + i;
      this.#identity ^= this.#hashAt(sector) ^ hash;
      this.#hashes.set(sector, hash);
    });
    this.#bytes.set(write.data, write.offset);
    const end = write.offset + write.data.length;
    for (let page = Math.floor(write.offset / PAGE); page * PAGE < end; page++) {
      this.#used.add(page);
    }
  }

  /** The identity of this content with some writes on top of it. */
  identityWith(writes: readonly DiskWrite[]): bigint {
    const over = new Map<number, bigint>();
    for (const write of writes) {
      this.#sectorsOf(write).forEach((hash, i) => over.set(write.offset / SECTOR + i, hash));
    }
    let identity = this.#identity;
    for (const [sector, hash] of over) identity ^= this.#hashAt(sector) ^ hash;
    return identity;
  }

  /** Writes an image of this content with some writes on top of it, as a sparse file. */
  writeImage(path: string, writes: readonly DiskWrite[]): void {
    rmSync(path, { force: true });
    const file = openSync(path, "w");
    try {
      ftruncateSync(file, this.#bytes.length);
      const pages = [...this.#used].sort((a, b) => a - b);
      for (let i = 0; i < pages.length;) {
        let next = i + 1;
        while (pages[next] === pages[i] + next - i && next - i < RUN) next++;
        const [at, length] = [pages[i] * PAGE, (next - i) * PAGE];
        writeSync(file, this.#bytes, at, length, at);
        i = next;
      }
      for (const { data, offset } of writes) writeSync(file, data, 0, data.length, offset);
    } finally {
      closeSync(file);
    }
  }

  #hashAt(sector: number): bigint {
    const known = this.#hashes.get(sector);
    if (known !== undefined) return known;
    const hash = hashSector(sector, this.#bytes, sector * SECTOR);
    this.#hashes.set(sector, hash);
    return hash;
  }

  #sectorsOf(write: DiskWrite): readonly bigint[] {
    const known = this.#hashesOf.get(write);
    if (known !== undefined) return known;
    const { offset, data } = write;
    const hashes = Array.from(
      { length: data.length / SECTOR },
      (_, i) => hashSector(offset / SECTOR + i, data, i * SECTOR),
    );
    this.#hashesOf.set(write, hashes);
    return hashes;
  }
}

/** 64 bits that depend on a sector's number and content: two multiplicative hashes of 32 bits. */
function hashSector(sector: number, bytes: Uint8Array, at: number): bigint {
  const words = new DataView(bytes.buffer, bytes.byteOffset + at, SECTOR);
  let high = 0x811c9dc5 ^ Math.imul(sector, 0x9e3779b1);
  let low = Math.imul(sector + 1, 0x85ebca6b);
  for (let i = 0; i < SECTOR; i += 4) {
    const word = words.getInt32(i, true);
    high = Math.imul(high ^ word, 0x01000193);
    high ^= high >>> 15;
    low = Math.imul(low + word, 0xc2b2ae35);
    low ^= low >>> 13;
  }
  return BigInt(high >>> 0) << 32n | BigInt(low >>> 0);
}
