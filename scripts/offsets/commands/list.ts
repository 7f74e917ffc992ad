import type { Args } from "../command_line/args.ts";
import type { Command } from "../command_line/command.ts";
import { CommandError } from "../command_line/command_error.ts";
import { parseAge } from "../command_line/parse_age.ts";
import { lineWidth, type ToolIo } from "../command_line/tool_io.ts";
import { quote } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import { printJson, printJsonLine } from "../output/json_output.ts";
import { storeJson, storeTable, summaryLine, summaryOf } from "../output/list_output.ts";
import { orphanGroups, orphanTable } from "../output/orphans.ts";
import { naturalOrder } from "../output/natural_order.ts";
import { describeSystemError } from "../output/system_error.ts";
import { defaultRoots } from "../reading/default_roots.ts";
import { findStores, type FoundStores } from "../reading/find_stores.ts";
import { inParallel } from "../reading/in_parallel.ts";
import { type JudgedStore, judgeStore } from "../reading/judge_store.ts";

/** Two files of a store are open at a time: a process may have as few as 256. */
const STORES_AT_A_TIME = 8;

const ORDERS: Readonly<Record<string, (a: JudgedStore, b: JudgedStore) => number>> = {
  path: (a, b) => naturalOrder(a.path, b.path),
  age: (a, b) => (a.modified ?? 0) - (b.modified ?? 0) || naturalOrder(a.path, b.path),
  queues: (a, b) => (b.queues ?? -1) - (a.queues ?? -1) || naturalOrder(a.path, b.path),
};

export const list: Command = {
  name: "list",
  summary: "List the stores under root directories, and their health",
  usage: "list [ROOT…] [--sort path|age|queues] [--bad] [--older-than SPAN] [--orphans]\n" +
    "                    [--wide] [--jsonl]",
  operands: ["[ROOT…]"],
  options: {
    sort: {
      value: "path|age|queues",
      choices: Object.keys(ORDERS),
      help: "by path (the default), the oldest first, or the most queues first",
    },
    bad: { help: "only the stores whose main file is not valid" },
    "older-than": { value: "SPAN", help: "only stores not written for that long, such as 7d" },
    orphans: { help: "only clients that differ in their process id alone, newest first" },
    wide: { help: "shorten nothing, and tell what is wrong with each file" },
    jsonl: { help: "print one JSON object a line: the stores, then a summary" },
  },
  details:
    "Finds offset.json (Go) and offsets.json (Java, ali-ons) at any depth, through links, too. Without\n" +
    "ROOT, it looks into the roots of the clients that exist: Go's ~/.rocketmq_client_go, Java's\n" +
    "~/.rocketmq_offsets, that of ali-ons ~/.rocketmq_offsets_node. Directories are read in either\n" +
    "order: <client>/<group>, or <group>/<client> as Go's consumer really writes; the level with an @\n" +
    "is the client. Lines fit the terminal, or 80 columns. The exit code is 1 if a main file that is\n" +
    "listed is not valid, a directory cannot be looked into, or no store is found.\n\n" +
    "A client whose id has a process id, Go's default, leaves a directory at each start. --orphans\n" +
    "shows them, the newest of each host and group first: only that one is in use.",
  examples: ["list", "list ~/.rocketmq_client_go --bad", "list --older-than 7d --sort age --json"],
  async run(args, io) {
    const roots = args.operands.length > 0 ? args.operands : await usualRoots();
    const found = await find(roots);
    const judged = await inParallel(found.stores, STORES_AT_A_TIME, judgeStore);
    const order = ORDERS[args.choice("sort") ?? "path"];
    const chosen = judged.filter(filterOf(args, io)).sort(order);
    const { unreadable } = found;
    const summary = { ...summaryOf(chosen), unreadable: unreadable.length };
    if (args.flag("orphans")) {
      const groups = orphanGroups(chosen);
      if (args.flag("json")) printJson(io, "list", { roots, groups, unreadable });
      else io.out(orphanTable(groups, widthOf(args, io), io));
    } else if (args.flag("json")) {
      printJson(io, "list", { roots, stores: chosen.map(storeJson), unreadable, summary });
    } else if (args.flag("jsonl")) {
      for (const store of chosen) printJsonLine(io, "list", { store: storeJson(store) });
      for (const each of unreadable) printJsonLine(io, "list", { unreadable: each });
      printJsonLine(io, "list", { summary });
    } else {
      const isEmpty = chosen.length + unreadable.length === 0;
      const table = isEmpty ? "" : storeTable(chosen, unreadable, widthOf(args, io), io);
      io.out(table + summaryLine(summary, roots, judged.length, io));
      if (io.isTerminal && table.includes("…")) io.out("Use --wide for whole paths and reasons.\n");
    }
    const isFine = judged.length > 0 && unreadable.length === 0 &&
      chosen.every(({ state }) => state === "ok");
    return isFine ? EXIT.ok : EXIT.finding;
  },
};

async function usualRoots(): Promise<string[]> {
  const roots = await defaultRoots();
  if (roots.length > 0) return roots;
  throw new CommandError(
    "Cannot list the stores of this machine: no client has a root in the home directory",
    "Name the root that your consumers are configured with.",
    { code: "missing" },
  );
}

async function find(roots: readonly string[]): Promise<FoundStores> {
  const all = [];
  for (const root of roots) {
    all.push(
      await findStores(root).catch((error) => {
        throw new CommandError(
          `Cannot list ${quote(root)}: ${describeSystemError(error)}`,
          "Go's root is ~/.rocketmq_client_go, Java's ~/.rocketmq_offsets, that of ali-ons " +
            "~/.rocketmq_offsets_node.",
          { path: root, cause: error },
        );
      }),
    );
  }
  return {
    stores: all.flatMap(({ stores }) => stores),
    unreadable: all.flatMap(({ unreadable }) => unreadable),
  };
}

/** A store without a main file has no age. */
function filterOf(args: Args, io: ToolIo): (store: JudgedStore) => boolean {
  const span = args.option("older-than");
  const before = span === undefined ? undefined : io.now() - parseAge(args, span);
  return ({ state, modified }) =>
    (!args.flag("bad") || state !== "ok") &&
    (before === undefined || (modified !== null && modified < before));
}

function widthOf(args: Args, io: ToolIo): number {
  return args.flag("wide") ? Infinity : lineWidth(io);
}
