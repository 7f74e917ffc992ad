import { spawnSync } from "node:child_process";
import process from "node:process";
import { NotShown } from "./verdict.ts";

/** The rights of the superuser to ignore permissions. */
const RIGHTS = "-dac_override,-dac_read_search";
const CONFINE = ["setpriv", "--bounding-set", RIGHTS, "--inh-caps", RIGHTS];

/** The command prefix under which permissions of files apply to a driver, even for root. */
export function permissions(): readonly string[] {
  if (process.platform === "win32") throw new NotShown("Windows has other permissions");
  if (process.getuid?.() !== 0) return [];
  const [program, ...args] = [...CONFINE, "true"];
  if (spawnSync(program, args).status === 0) return CONFINE;
  throw new NotShown(
    "permissions do not hold for root, and there is no setpriv to drop its rights",
  );
}
