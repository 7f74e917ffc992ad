import { serialize } from "../../../../mod.ts";
import { goPersist, inPlace } from "../peers.ts";
import type { SimulatedFileSystem } from "../../disk/simulated_file_system.ts";
import { MAIN } from "../writer.ts";
import type { StrangerAct } from "./story.ts";
import { type Table, toOffsetTable } from "./table.ts";

type Act = (fs: SimulatedFileSystem, bytes: Uint8Array) => Promise<void>;

const ACTS: Readonly<Record<StrangerAct, Act>> = {
  go: goPersist,
  java: inPlace,
  async rewrite(fs, bytes) {
    const isAsLong = (await fs.stat(MAIN))?.size === bytes.length;
    const file = await (isAsLong ? fs.openInPlace(MAIN) : fs.truncate(MAIN));
    await file.write(bytes, 0);
  },
  async truncate(fs) {
    await fs.truncate(MAIN);
  },
};

/** Has another client act on main, whose directory it makes if need be; it syncs nothing. */
export async function strangerActs(
  fs: SimulatedFileSystem,
  act: StrangerAct,
  table: Table,
): Promise<void> {
  const names = MAIN.split("/").slice(1, -1);
  for (let depth = 1; depth <= names.length; depth++) {
    await fs.makeDirectory(`/${names.slice(0, depth).join("/")}`).catch(() => {});
  }
  await ACTS[act](fs, strangersText(table));
}

/** A file as other clients write it: without a checksum, or anything else that is ours. */
export function strangersText(table: Table): Uint8Array {
  return new TextEncoder().encode(serialize(toOffsetTable(table)));
}
