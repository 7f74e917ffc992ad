import { spawnSync } from "node:child_process";
import type { Toolchain } from "./clients.ts";

/** The programs that make up each toolchain, with the words that ask for their versions. */
const PROGRAMS: Record<Toolchain, readonly (readonly [string, string])[]> = {
  go: [["go", "version"]],
  jdk: [["javac", "-version"], ["mvn", "-version"]],
  cargo: [["cargo", "--version"], ["rustc", "--version"]],
};

/** What of a toolchain is missing here; nothing if it can be used. */
export function missingPrograms(toolchain: Toolchain, env: NodeJS.ProcessEnv): string[] {
  return PROGRAMS[toolchain].map(([program]) => program).filter((_, index) => {
    const [program, ask] = PROGRAMS[toolchain][index];
    return spawnSync(program, [ask], { env, stdio: "ignore" }).status !== 0;
  });
}
