import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type OffsetFileFormat, OffsetTable, parse, serialize } from "../../mod.ts";
import { main } from "../../scripts/offsets.ts";
import type { ToolIo } from "../../scripts/offsets/command_line/tool_io.ts";
import type { Io } from "../../scripts/lib/io.ts";

/** What a run of the tool printed and returned. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Prints nowhere, never sleeps, and ends a watch after its first poll. */
export const silent: Io = {
  out: () => {},
  err: () => {},
  isTerminal: false,
  color: false,
  now: Date.now,
  sleep: () => Promise.resolve(false),
};

/** The same for a function that a command calls. */
export const silentTool: ToolIo = {
  ...silent,
  program: "offsets",
  author: { user: "tester", pid: 7, command: ["test"] },
};

/** Runs the tool in this process; `sleep` may change the world between two polls of a watch. */
export async function run(args: readonly string[], io: Partial<Io> = {}): Promise<Run> {
  let [out, err] = ["", ""];
  const code = await main(args, {
    ...silent,
    out: (text) => out += text,
    err: (text) => err += text,
    ...io,
  });
  return { code, out, err };
}

export type Entry = readonly [topic: string, broker: string, queue: number, offset: bigint];

export function table(...entries: Entry[]): OffsetTable {
  return OffsetTable.from(
    entries.map(([topic, brokerName, queueId, offset]) => [{ topic, brokerName, queueId }, offset]),
  );
}

/** A directory of its own for one test. */
export class Workspace implements AsyncDisposable {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  static async make(): Promise<Workspace> {
    return new Workspace(await mkdtemp(join(tmpdir(), "offsets-test-")));
  }

  path(name: string): string {
    return join(this.root, name);
  }

  /** Writes a text, or a table in Go's form or Java's, and returns the path. */
  async write(
    name: string,
    content: string | Uint8Array | OffsetTable,
    format: OffsetFileFormat = "go",
  ): Promise<string> {
    const path = this.path(name);
    await mkdir(dirname(path), { recursive: true });
    const data = content instanceof OffsetTable ? serialize(content, { format }) : content;
    await writeFile(path, data);
    return path;
  }

  text(name: string): Promise<string> {
    return readFile(this.path(name), "utf8");
  }

  async table(name: string): Promise<OffsetTable> {
    return parse(await this.text(name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}
