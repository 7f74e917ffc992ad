import type { Io } from "../../lib/io.ts";
import { commonFolder } from "../../lib/common_folder.ts";
import { type Column, formatTable } from "../../lib/table.ts";
import type { JudgedStore } from "../reading/judge_store.ts";
import { ageCell, folderLine, storeJson } from "./list_output.ts";
import { naturalOrder } from "./natural_order.ts";

/** Stores of one host and group whose client ids differ in the process id, the newest first. */
export interface OrphanGroup {
  readonly host: string;
  readonly group: string | null;
  readonly stores: readonly (ReturnType<typeof storeJson> & { readonly isNewest: boolean })[];
}

/** `10.0.0.7@4711`, and as Java writes it `10.0.0.7@4711#889120034`; a unit may follow. */
const WITH_PROCESS_ID = /^(.+)@\d+(?:#\d+)?(@.+)?$/;

/** Groups the stores that only a restart set apart; a client alone is not listed. */
export function orphanGroups(stores: readonly JudgedStore[]): OrphanGroup[] {
  const groups = Map.groupBy(
    stores.filter(({ client }) => WITH_PROCESS_ID.test(client ?? "")),
    ({ client, group, path }) => JSON.stringify([hostOf(client!), group, path.split("/").at(-1)]),
  );
  return [...groups.values()].filter(({ length }) => length > 1).map((members) => {
    const newest = members.sort((a, b) =>
      (b.modified ?? 0) - (a.modified ?? 0) || naturalOrder(a.path, b.path)
    );
    return {
      host: hostOf(newest[0].client!),
      group: newest[0].group,
      stores: newest.map((store, i) => ({ ...storeJson(store), isNewest: i === 0 })),
    };
  });
}

function hostOf(client: string): string {
  return client.replace(WITH_PROCESS_ID, "$1$2");
}

/** The groups as a table. */
export function orphanTable(groups: readonly OrphanGroup[], width: number, io: Io): string {
  if (groups.length === 0) return "No client has left more than one store\n";
  const paths = groups.flatMap(({ stores }) => stores.map(({ path }) => path));
  const folder = width === Infinity ? "" : commonFolder(paths);
  const rows = groups.flatMap(({ host, group, stores }) =>
    stores.map((store) => [
      host,
      group ?? "",
      store.client!,
      String(store.queues ?? ""),
      ageCell(
        { ...store, modified: store.modified === null ? null : Date.parse(store.modified) },
        io,
      ),
      store.isNewest ? "newest" : "orphan",
      store.path.slice(folder.length),
    ])
  );
  return folderLine(folder, io) + formatTable(COLUMNS, rows, undefined, width);
}

const COLUMNS: readonly Column[] = [
  { title: "HOST", shortens: "middle", least: 8 },
  { title: "GROUP", shortens: "middle", least: 8 },
  { title: "CLIENT", shortens: "middle", least: 10 },
  { title: "QUEUES", align: "right" },
  { title: "AGE", align: "right" },
  { title: "STATE" },
  { title: "PATH", shortens: "middle", least: 16 },
];
