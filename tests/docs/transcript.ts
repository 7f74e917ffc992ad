import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import type { Io } from "../../scripts/lib/io.ts";
import { run, type Workspace } from "../scripts/offsets_run.ts";

/** A command line on a page, and what the page says that it prints. */
export interface Step {
  readonly command: string;
  readonly shown: string;
}

const BLOCK = /(?<=^```console\n)[^]*?(?=^```$)/gm;

/** The command lines of a page, in their order. */
export function stepsOf(page: string): Step[] {
  return [...page.matchAll(BLOCK)].flatMap(([block]) => blockSteps(block));
}

function blockSteps(block: string): Step[] {
  return block.split(/^\$ offsets /m).slice(1).map((text) => {
    const end = text.indexOf("\n");
    return { command: text.slice(0, end), shown: text.slice(end + 1) };
  });
}

/** Runs a command line of a page, and answers what it prints; paths are those of the workspace. */
export async function perform({ command }: Step, w: Workspace, io: Partial<Io>): Promise<string> {
  const args = command.split(" ").map((word) =>
    /^[\w-]+[/.]|^stores$|^archive$/.test(word) ? w.path(word) : word
  );
  let printed = "";
  const print = (text: string) => void (printed += text);
  const { code } = await run(args, { ...io, out: print, err: print });
  return printed.replaceAll(`${w.root}/`, "") + (code === 0 ? "" : `[${code}]\n`);
}

/** Writes what the commands print into a page: for those who change the tool. */
export async function update(path: URL, printed: readonly string[]): Promise<void> {
  let next = 0;
  const page = (await readFile(path, "utf8")).replace(
    BLOCK,
    (block) =>
      blockSteps(block).map(({ command }) => `$ offsets ${command}\n${printed[next++]}`).join(""),
  );
  await writeFile(path, page);
}

/** Whether the pages are to be written anew: `UPDATE_TRANSCRIPTS=1` in the environment. */
export const isUpdate = process.env.UPDATE_TRANSCRIPTS === "1";
