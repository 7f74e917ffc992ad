import { dirname, join, relative } from "node:path";
import { type Diagnostic, nodeFileSystem } from "../../../mod.ts";
import { errorCode } from "../../../src/file/errors/error_code.ts";
import { DirectoryPath } from "../../../src/file/fs/directory_path.ts";
import { serveMissingCalls } from "../../../src/file/fs/missing_calls.ts";
import { quote } from "../../lib/escape.ts";
import { CommandError } from "../command_line/command_error.ts";
import type { Prune } from "../commands/prune.ts";
import type { ToolIo } from "../command_line/tool_io.ts";
import { describeSystemError, nextStepAfter } from "../output/system_error.ts";
import { tellDiagnostic } from "../output/tell_diagnostic.ts";
import { type DeadTree, isDead } from "../reading/dead_trees.ts";

/**
 * Moves directories to a folder, in which they keep their paths. Each is moved by one rename, so a
 * crash leaves it in one place or the other, whole.
 */
export async function moveTrees(
  { root, archive, folder, before }: Prune,
  trees: readonly DeadTree[],
  io: ToolIo,
): Promise<void> {
  const report = (diagnostic: Diagnostic) => tellDiagnostic(io, diagnostic);
  const fileSystem = serveMissingCalls(nodeFileSystem, report);
  for (const [moved, { path }] of trees.entries()) {
    const target = join(folder, relative(root, path));
    try {
      const place = { root: archive, path: target, main: target };
      await new DirectoryPath(fileSystem, place, report).make("full");
      // A consumer may have come back since the user was asked.
      if (!await isDead(path, before)) throw cameBack(path, moved);
      await fileSystem.rename(path, target);
      for (const each of [target, path]) await fileSystem.syncDirectory(dirname(each));
    } catch (error) {
      if (error instanceof CommandError) throw error;
      throw notMoved(path, target, moved, error);
    }
  }
}

function cameBack(path: string, moved: number): CommandError {
  return new CommandError(
    `Cannot move ${quote(path)}: somebody has just written to it`,
    `It stays. ${movedText(moved)} Run the same command again for the rest.`,
    { code: "changed", path },
  );
}

function notMoved(path: string, target: string, moved: number, error: unknown): CommandError {
  const advice = errorCode(error) === "EXDEV"
    ? "It is on another disk: name a directory on the same one with --archive."
    : nextStepAfter(error);
  return new CommandError(
    `Cannot move ${quote(path)} to ${quote(target)}: ${describeSystemError(error)}`,
    `${movedText(moved)} ${advice}`,
    { path, cause: error },
  );
}

function movedText(count: number): string {
  return count === 0 ? "Nothing was moved." : `${count} before it were moved.`;
}
