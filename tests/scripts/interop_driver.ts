/** A client for the tests of `scripts/interop`: right, or wrong in the one way that its argument names. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { type MessageQueue, type Offset, OffsetTable, parse, serialize } from "../../mod.ts";

const lie = process.argv[2];
let path = "";
let entries: (readonly [MessageQueue, Offset])[] = [];

// deno-lint-ignore no-explicit-any -- what is sent is described by the protocol
async function answer(request: any): Promise<object> {
  switch (request.op) {
    case "open":
      path = join(request.root, request.clientId, request.group, "offset.json");
      entries = [...await readTable()];
      return { path };
    case "update":
      entries.push([request.mq, BigInt(request.offset)]);
      return {};
    case "read": {
      const offset = OffsetTable.from(entries).get(request.mq) ?? -1n;
      return { offset: String(lie === "rounds" ? BigInt(Number(offset)) : offset) };
    }
    default: {
      if (lie === "dies") process.exit(7);
      const text = serialize(OffsetTable.from(lie === "loses" ? entries.slice(1) : entries));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, lie === "spaces" ? `${text}\n` : text);
      return {};
    }
  }
}

async function readTable(): Promise<OffsetTable> {
  try {
    const text = await readFile(path, "utf8");
    // Like Go's reader, it takes no object for a key.
    return text.includes("{{") ? OffsetTable.empty : parse(text);
  } catch {
    return OffsetTable.empty;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify({ ok: true, ...await answer(JSON.parse(line)) }) + "\n");
}
