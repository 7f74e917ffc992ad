import { nodeFileSystem } from "../../../mod.ts";
import { keepAside } from "../../../src/file/recovery/quarantine.ts";
import { refuseAliOnsPath } from "../reading/ali_ons_file.ts";
import { CommandError } from "../command_line/command_error.ts";
import { quote } from "../../lib/escape.ts";
import { resolveMain } from "../reading/resolve_main.ts";
import { describeSystemError, nextStepAfter } from "../output/system_error.ts";

/** Gives a bad main file another name too, as evidence, before it is replaced. */
export async function keepBadFile(path: string): Promise<string | undefined> {
  refuseAliOnsPath(path);
  try {
    return (await keepAside(nodeFileSystem, await resolveMain(path)))?.path;
  } catch (error) {
    throw new CommandError(
      `Cannot keep ${quote(path)} aside: ${describeSystemError(error)}`,
      `Nothing is changed. ${nextStepAfter(error)}`,
      { cause: error, path },
    );
  }
}
