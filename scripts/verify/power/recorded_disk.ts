/**
 * A disk that records what is done to it: a FUSE file system of one file, the image of the disk,
 * which a loop device makes a block device of.
 *
 *     node recorded_disk.ts IMAGE FILE LOG
 *
 * It serves the image's content as FILE until that is unmounted; the image itself stays as it is. It
 * speaks the kernel's protocol on /dev/fuse by itself. It runs on Node, whose reads of a device that
 * has nothing to read fail with EAGAIN instead of waiting.
 */
import { spawnSync } from "node:child_process";
import { constants, openSync, readFileSync, readSync, writeFileSync, writeSync } from "node:fs";
import process from "node:process";
import { flushRecord, writeRecord } from "./disk_log.ts";

/** The most that the kernel writes or reads at a time. */
const MAX_WRITE = 2 ** 20;

/** Operations of the protocol, as linux/fuse.h numbers them. */
const OP = {
  forget: 2,
  getattr: 3,
  setattr: 4,
  open: 14,
  read: 15,
  write: 16,
  release: 18,
  fsync: 20,
  flush: 25,
  init: 26,
  interrupt: 36,
  destroy: 38,
  batchForget: 42,
} as const;

/** The kernel may read while it reads, write more than a page, and write while it writes. */
const INIT_FLAGS = 1 | 1 << 5 | 1 << 15 | 1 << 22;
/** The kernel keeps no pages of the file, so that each write reaches this program. */
const OPEN_DIRECT = 1;
const ENOSYS = -38;

/** A request, and how many writes had been answered when the kernel had sent it. */
interface Request {
  readonly bytes: Buffer;
  readonly answered: number;
}

class RecordedDisk {
  readonly #content: Buffer;
  readonly #log: number;
  readonly #fuse: number;
  readonly #buffer: Buffer = Buffer.allocUnsafe(MAX_WRITE + 8192);
  readonly #requests: Request[] = [];
  #answered = 0;
  #isGone = false;

  constructor(image: string, file: string, log: string) {
    this.#content = readFileSync(image);
    this.#log = openSync(log, "w");
    writeFileSync(file, "");
    this.#fuse = openSync("/dev/fuse", constants.O_RDWR | constants.O_NONBLOCK);
    const options = `fd=3,rootmode=100000,user_id=0,group_id=0,max_read=${MAX_WRITE}`;
    const { status } = spawnSync(
      "mount",
      ["-i", "-t", "fuse", "-o", options, "recorded-disk", file],
      { stdio: ["ignore", "inherit", "inherit", this.#fuse] },
    );
    if (status !== 0) throw new Error(`Cannot mount "${file}": mount ended with ${status}`);
  }

  /** Answers requests until the file is unmounted. */
  serve(): void {
    const nap = new Int32Array(new SharedArrayBuffer(4));
    for (let idle = 0; !this.#isGone;) {
      this.#receive();
      const request = this.#requests.shift();
      if (request !== undefined) {
        this.#answer(request);
        idle = 0;
      } else if (++idle > 50) Atomics.wait(nap, 0, 0, idle > 2000 ? 1 : 0.05);
    }
  }

  /** Takes in all requests that the kernel has sent. */
  #receive(): void {
    for (;;) {
      try {
        const length = readSync(this.#fuse, this.#buffer);
        const bytes = Buffer.from(this.#buffer.subarray(0, length));
        this.#requests.push({ bytes, answered: this.#answered });
      } catch (error) {
        const { code } = error as { code?: string };
        if (code === "EAGAIN") return;
        if (code === "ENODEV") {
          this.#isGone = true;
          return;
        }
        // The kernel has taken a request back.
        if (code !== "ENOENT" && code !== "EINTR") throw error;
      }
    }
  }

  #answer({ bytes, answered }: Request): void {
    const [operation, unique] = [bytes.readUInt32LE(4), bytes.readBigUInt64LE(8)];
    const body = bytes.subarray(40);
    switch (operation) {
      case OP.init:
        return this.#reply(unique, initReply(body.readUInt32LE(12)));
      case OP.getattr:
      case OP.setattr:
        return this.#reply(unique, attributes(this.#content.length));
      case OP.open:
        return this.#reply(unique, openReply());
      case OP.read: {
        const [offset, size] = [Number(body.readBigUInt64LE(8)), body.readUInt32LE(16)];
        return this.#reply(unique, this.#content.subarray(offset, offset + size));
      }
      case OP.write:
        return this.#write(unique, Number(body.readBigUInt64LE(8)), body.readUInt32LE(16), body);
      case OP.fsync:
        writeSync(this.#log, flushRecord(answered));
        return this.#reply(unique);
      case OP.release:
      case OP.flush:
      case OP.destroy:
        return this.#reply(unique);
      case OP.forget:
      case OP.batchForget:
      case OP.interrupt:
        return;
      default:
        // Among them to discard and to zero a range: the kernel writes zeros instead.
        return this.#reply(unique, undefined, ENOSYS);
    }
  }

  #write(unique: bigint, offset: number, size: number, body: Buffer): void {
    const data = body.subarray(40, 40 + size);
    if (data.length !== size || offset + size > this.#content.length) {
      throw new Error(`Cannot write ${data.length} of ${size} bytes at ${offset}`);
    }
    data.copy(this.#content, offset);
    // One call, so that the length of the log tells what has been answered.
    writeSync(this.#log, writeRecord({ offset, data }));
    // A flush that is among the requests by now was sent before the answer, and does not cover this.
    this.#receive();
    const reply = Buffer.alloc(8);
    reply.writeUInt32LE(size);
    this.#reply(unique, reply);
    this.#answered++;
  }

  #reply(unique: bigint, body: Uint8Array = new Uint8Array(), error = 0): void {
    const header = Buffer.alloc(16);
    header.writeUInt32LE(16 + body.length, 0);
    header.writeInt32LE(error, 4);
    header.writeBigUInt64LE(unique, 8);
    try {
      writeSync(this.#fuse, Buffer.concat([header, body]));
    } catch (error) {
      // The kernel has taken the request back.
      if ((error as { code?: string }).code !== "ENOENT") throw error;
    }
  }
}

function initReply(offered: number): Buffer {
  const reply = Buffer.alloc(64);
  const [major, minor] = [7, 31];
  reply.writeUInt32LE(major, 0);
  reply.writeUInt32LE(minor, 4);
  reply.writeUInt32LE(offered & INIT_FLAGS, 12);
  const [maxBackground, congestion, timeGranularity, maxPages] = [64, 48, 1, MAX_WRITE / 4096];
  reply.writeUInt16LE(maxBackground, 16);
  reply.writeUInt16LE(congestion, 18);
  reply.writeUInt32LE(MAX_WRITE, 20);
  reply.writeUInt32LE(timeGranularity, 24);
  reply.writeUInt16LE(maxPages, 28);
  return reply;
}

/** A regular file of that size. */
function attributes(size: number): Buffer {
  const reply = Buffer.alloc(16 + 88);
  const attributes = reply.subarray(16);
  attributes.writeBigUInt64LE(1n, 0);
  attributes.writeBigUInt64LE(BigInt(size), 8);
  attributes.writeBigUInt64LE(BigInt(size / 512), 16);
  attributes.writeUInt32LE(0o100600, 60);
  attributes.writeUInt32LE(1, 64);
  attributes.writeUInt32LE(4096, 80);
  return reply;
}

function openReply(): Buffer {
  const reply = Buffer.alloc(16);
  reply.writeBigUInt64LE(1n, 0);
  reply.writeUInt32LE(OPEN_DIRECT, 8);
  return reply;
}

if (import.meta.main) {
  const [image, file, log] = process.argv.slice(2);
  const disk = new RecordedDisk(image, file, log);
  writeSync(1, "ready\n");
  disk.serve();
}
