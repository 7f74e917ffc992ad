/** A journal's file, on a file system of which each call answers at once or later. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { OffsetColumn } from "../../../src/core/table/offset_column.ts";
import { QueueIndex } from "../../../src/core/table/queue_index.ts";
import type { MaybePromise } from "../../../src/file/fs/maybe_promise.ts";
import type { FileInfo } from "../../../src/file/fs/file_info.ts";
import type { FileSystem, WritableFile } from "../../../src/file/fs/file_system.ts";
import { JournalWriter } from "../../../src/file/commit/journal_writer.ts";
import { MemoryTable } from "../../../src/file/store/memory_table.ts";
import { check } from "../../support/check.ts";
import { queue } from "../../support/store_directory.ts";

/** A file system of one file, in memory, that notes what is done to it. */
class Notes {
  readonly calls: string[] = [];
  readonly #isLater: () => boolean;
  length = 0;

  /** `isLater` tells of each call whether it answers later. */
  constructor(isLater: () => boolean) {
    this.#isLater = isLater;
  }

  /** Does it now, or later, and notes it once it is done. */
  #answer<T>(name: string, value: T): MaybePromise<T> {
    if (!this.#isLater()) {
      this.calls.push(name);
      return value;
    }
    return setImmediate().then(() => {
      this.calls.push(name);
      return value;
    });
  }

  get fileSystem(): FileSystem {
    const file = {
      stat: () => Promise.resolve({} as FileInfo),
      write: (bytes: Uint8Array, position: number) => {
        assert.equal(position, this.length);
        this.length += bytes.length;
        return this.#answer("write", bytes.length);
      },
      reserve: async () => await this.#answer("reserve", undefined),
      syncData: () => this.#answer("sync", undefined),
    };
    return {
      create: () => Promise.resolve(file as unknown as WritableFile),
      syncDirectory: async () => await this.#answer("directory", undefined),
    } as unknown as FileSystem;
  }
}

test("P2 J1 a record is acknowledged when it is written and synced, whichever call answers later", async () => {
  const answers = fc.array(fc.boolean(), { minLength: 1, maxLength: 7 });
  await check(fc.asyncProperty(answers, fc.boolean(), fc.nat(200), async (later, sync, limit) => {
    const index = new QueueIndex();
    const memory = new MemoryTable(index, new OffsetColumn());
    const slot = index.add(queue(0));
    let asked = 0;
    const notes = new Notes(() => later[asked++ % later.length]);
    const journal = await JournalWriter.create(notes.fileSystem, "/journal", { sync, limit });
    await journal.begin({ length: 1, crc32: 2 });
    for (let offset = 1; offset < 6; offset++) {
      memory.update(slot, BigInt(offset), true);
      const changes = memory.takeChanges(new OffsetColumn(), []);
      const { length } = notes;
      notes.calls.length = 0;
      assert.equal(await journal.append(index, changes), notes.length - length);
      // Room, where any is made (see journal_room_test.ts), is there before the sync, which makes it durable, too.
      const room = notes.calls.includes("reserve") ? ["reserve"] : [];
      assert.deepEqual(notes.calls, ["write", ...room, ...sync ? ["sync"] : []]);
    }
  }));
});
