import { join, relative, resolve } from "node:path";
import { nodeFileSystem } from "../../../mod.ts";
import { quote } from "../../lib/escape.ts";
import { carryOut, CHANGE_OPTIONS, CHANGE_USAGE } from "../changing/carry_out.ts";
import type { Plan } from "../changing/plan.ts";
import type { Command } from "../command_line/command.ts";
import { CommandError } from "../command_line/command_error.ts";
import { parseAge } from "../command_line/parse_age.ts";
import type { ToolIo } from "../command_line/tool_io.ts";
import { describeAge } from "../output/age.ts";
import { describeSystemError } from "../output/system_error.ts";
import { type DeadTree, findDeadTrees } from "../reading/dead_trees.ts";
import { moveTrees } from "../writing/move_trees.ts";

export const prune: Command = {
  name: "prune",
  summary: "Move the stores that nobody has written for long to an archive",
  usage: `prune ROOT --older-than AGE [--archive DIR] ${CHANGE_USAGE}`,
  operands: ["ROOT"],
  options: {
    "older-than": { value: "AGE", help: "such as 12h or 7d: no file of a store is younger" },
    archive: { value: "DIR", help: "where to, on the same disk; ROOT.archive without it" },
    ...CHANGE_OPTIONS,
  },
  details: "Nothing is deleted: whole directories are moved to a new folder in the archive, in\n" +
    "which they keep their paths. Move them back to undo it, or pack the folder with tar. A\n" +
    "directory that holds anything else than files of stores, a link for instance, stays.\n\n" +
    "The directories are shown first, and are moved after a question, or with --yes. Without\n" +
    "a terminal and without --yes nothing is moved, and the exit code is 2.",
  examples: [
    "prune ~/.rocketmq_client_go --older-than 30d --dry-run",
    "prune ~/.rocketmq_client_go --older-than 30d --archive /data/old-offsets --yes",
  ],
  async run(args, io) {
    const root = resolve(args.operands[0]);
    const age = parseAge(args, args.required("older-than"));
    const before = io.now() - age;
    const trees = await findDeadTrees(root, before).catch((error) => {
      throw new CommandError(
        `Cannot look for stores in ${quote(root)}: ${describeSystemError(error)}`,
        "Name the root directory of the clients, and make all below it readable.",
        { path: root, cause: error },
      );
    });
    const archive = resolve(args.option("archive") ?? `${root}.archive`);
    const folder = join(archive, nodeFileSystem.uniqueName());
    return await carryOut(planOf({ root, archive, folder, before }, trees, io), args, io);
  },
};

/** The moves: each store and its place in the archive. */
export interface Prune {
  readonly root: string;
  readonly archive: string;
  /** The folder in the archive. */
  readonly folder: string;
  readonly before: number;
}

function planOf(prune: Prune, trees: readonly DeadTree[], io: ToolIo): Plan {
  const { root, folder } = prune;
  const count = trees.length === 1 ? "1 directory" : `${trees.length} directories`;
  return {
    path: root,
    nothing: `Nothing in ${root} is so old`,
    question: `Move ${count} to ${quote(folder)}?`,
    changes: [],
    actions: trees.map(({ path, stores, newest }) => {
      const what = stores.length === 1 ? "1 store" : `${stores.length} stores`;
      return `Move ${quote(relative(root, path))}: ${what}, ${describeAge(io.now() - newest)}`;
    }),
    warnings: [],
    atRest: trees.flatMap(({ stores }) => stores),
    facts: { folder, directories: trees.map(({ path }) => path) },
    carryOut: async () => {
      await moveTrees(prune, trees, io);
      return { text: [`Moved ${count} to ${folder}`] };
    },
  };
}
