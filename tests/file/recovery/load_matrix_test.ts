/** Every kind of main × the files beside it, on the real file system, against clause L2. */
import assert from "node:assert/strict";
import { utimes, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { OffsetFileCorruptError, serialize } from "../../../mod.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { StoreDirectory, tableOf } from "../../support/store_directory.ts";
import { pendingBackupName, temporaryName } from "../../support/temporary_names.ts";

/** A file's content: a table with one offset, or the reason why it holds none. */
interface Content {
  readonly bytes: Uint8Array;
  readonly offset?: bigint;
  readonly reason?: string;
  readonly code?: string;
}

const encode = (text: string) => new TextEncoder().encode(text);
const VALID = encode(serialize(tableOf(5), { checksum: true }));

function valid(offset: number): Content {
  return { bytes: encode(serialize(tableOf(offset), { checksum: true })), offset: BigInt(offset) };
}

const TORN: Content = {
  bytes: encode("{"),
  reason: "expected a member's name as a string, found the end, at position 1 of 1",
};
const EMPTY: Content = { bytes: encode(""), reason: "it is empty" };

const MAINS: Record<string, Content | undefined> = {
  missing: undefined,
  valid: valid(5),
  empty: EMPTY,
  truncated: {
    bytes: VALID.slice(0, 40),
    reason: "the string that begins here has no end, at position 16 of 40",
  },
  garbled: {
    bytes: encode("garbage"),
    reason: 'expected "{" to open the file, found "g", at position 0 of 7',
  },
  NULs: { bytes: new Uint8Array(9), reason: "it holds nothing but NUL bytes" },
  "one NUL": {
    bytes: Uint8Array.of(0, 32),
    reason: 'expected "{" to open the file, found "\\u0000", at position 0 of 2',
  },
  binary: { bytes: Uint8Array.of(0, 255), reason: "the bytes are not UTF-8, at position 1 of 2" },
  ...Object.fromEntries(["EIO", "EUCLEAN", "EBADMSG", "EILSEQ", "ENODATA"].map((code) => [
    `hit by ${code}`,
    { bytes: VALID, code, reason: `${code}: readFile failed` },
  ])),
};

/** How the names of our own temporary files end. */
const OURS = temporaryName(1).slice("offset.json.".length);
const PENDING = pendingBackupName(1).slice("offset.json.".length);

/** The files beside main by how their names end, each newer than the one before. */
const BESIDES: Record<string, Record<string, Content>> = {
  "nothing beside": {},
  "a backup": { bak: valid(1) },
  "a torn backup": { bak: TORN },
  "Go's backup and its tmp": { bak: EMPTY, tmp: valid(2) },
  "a backup, then a tmp of each kind": { bak: valid(1), tmp: valid(2), [OURS]: valid(3) },
  "a tmp of each kind, then a backup": { [OURS]: valid(1), tmp: valid(2), bak: valid(3) },
  "a backup, then torn ones": { bak: valid(1), tmp: TORN, [OURS]: TORN },
  "only torn ones": { tmp: TORN, [OURS]: TORN },
  "a torn backup and a torn tmp": { bak: TORN, [OURS]: TORN },
  "a pending backup, then newer ones": { [PENDING]: valid(1), [OURS]: valid(2), bak: valid(3) },
  "a torn pending backup": { [PENDING]: TORN, bak: valid(1) },
  "names that are not ours": {
    old: valid(8),
    "x.tmp": valid(9),
    "x.tmp.gz": valid(9),
    "bak.1": valid(9),
  },
};

/** The order of the faults. */
const ORDER = [PENDING, OURS, "tmp", "bak"];

/** The clauses once more, in their own words: the outcome, the file, the offset, the faults. */
function expected(main: Content | undefined, beside: Record<string, Content>) {
  if (main?.offset !== undefined) {
    return { kind: "loaded", source: "", offset: main.offset, faults: [] };
  }
  const temporary = main === undefined ? [OURS, "tmp"] : [];
  const looked = Object.keys(beside).filter((end) => ["bak", PENDING, ...temporary].includes(end));
  const isValid = (end: string) => beside[end].offset !== undefined;
  // A pending backup was main when it was lost, and a temporary file was never acknowledged.
  const ranks = main === undefined ? [[PENDING], ["bak"], temporary] : [[PENDING, "bak"]];
  // The files beside main become newer from one to the next.
  const source = ranks.map((ends) => looked.findLast((end) => ends.includes(end) && isValid(end)))
    .find((end) => end !== undefined);
  const faults = looked.filter((end) => !isValid(end))
    .sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b))
    .map((end) => ({ end: `.${end}`, reason: beside[end].reason! }));
  const isFresh = main === undefined && looked.every((end) => temporary.includes(end));
  if (main !== undefined) faults.unshift({ end: "", reason: main.reason! });
  else if (source !== undefined) faults.unshift({ end: "", reason: "it is missing" });
  if (source === undefined) return { kind: isFresh ? "fresh" : "corrupt", faults };
  return { kind: "recovered", source: `.${source}`, offset: beside[source].offset, faults };
}

for (const [what, main] of Object.entries(MAINS)) {
  test(`L1 L2 L3 L4 a main that is ${what}, and whatever lies beside it`, async () => {
    for (const [others, beside] of Object.entries(BESIDES)) {
      await using at = await StoreDirectory.make({ nothing: "" });
      if (main !== undefined) await writeFile(at.main, main.bytes);
      for (const [age, [end, { bytes }]] of Object.entries(beside).entries()) {
        await writeFile(`${at.main}.${end}`, bytes);
        await utimes(`${at.main}.${end}`, 1e6 + age, 1e6 + age);
      }
      const faulty = new FaultyFileSystem();
      const isMain = ({ name, path }: { name: string; path: string }) =>
        name === "readFile" && path === at.main;
      if (main?.code !== undefined) faulty.faults = [{ when: isMain, code: main.code }];
      const names = await at.names();
      const { kind, source, offset, faults } = expected(main, beside);
      const found = await at.open({ fileSystem: faulty.fileSystem })
        .catch((error) => error as OffsetFileCorruptError);
      const outcome = found instanceof OffsetFileCorruptError
        ? {
          kind: "corrupt",
          source: undefined,
          faults: found.faults,
          keptAside: [],
          journalRecords: 0,
        }
        : found.loadOutcome;
      assert.deepEqual(
        { ...outcome, faults: outcome.faults.map(({ path, reason }) => ({ path, reason })) },
        {
          kind,
          source: source === undefined ? undefined : at.main + source,
          faults: faults.map(({ end, reason }) => ({ path: at.main + end, reason })),
          keptAside: [],
          journalRecords: 0,
        },
        others,
      );
      if (found instanceof OffsetFileCorruptError) {
        const list = faults.map(({ end, reason }) => `${JSON.stringify(at.main + end)}: ${reason}`);
        assert.equal(found.path, at.main);
        assert.deepEqual(found.candidates, []);
        assert.equal(found.cause, found.faults[0].cause);
        assert.equal(
          found.message,
          `Cannot load offsets from ${JSON.stringify(at.main)}: no file is usable (${
            list.join("; ")
          })`,
        );
      } else {
        assert.ok(found.snapshot().equals(offset === undefined ? tableOf() : tableOf(offset)));
      }
      assert.deepEqual(await at.names(), names, `${others}: an open removes nothing (P8)`);
    }
  });
}
