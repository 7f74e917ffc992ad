import { spawnSync } from "node:child_process";
import type { Toolchain } from "./clients.ts";

/** The programs of each toolchain, with the argument that prints the version. */
const PROGRAMS: Record<Toolchain, readonly (readonly [string, string])[]> = {
  go: [["go", "version"]],
  jdk: [["javac", "-version"], ["mvn", "-version"]],
  cargo: [["cargo", "--version"], ["rustc", "--version"]],
};

/** The programs of a toolchain that are not installed; none if it can be used. */
export function missingPrograms(toolchain: Toolchain, env: NodeJS.ProcessEnv): string[] {
  return PROGRAMS[toolchain].map(([program]) => program).filter((_, index) => {
    const [program, ask] = PROGRAMS[toolchain][index];
    return spawnSync(program, [ask], { env, stdio: "ignore" }).status !== 0;
  });
}
