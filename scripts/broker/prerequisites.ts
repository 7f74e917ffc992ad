import { spawnSync } from "node:child_process";

/** Each program that a broker needs here, and what it is part of. */
const PROGRAMS = [
  { program: "java", part: "a JDK", ask: ["-version"] },
  { program: "javac", part: "a JDK", ask: ["-version"] },
  { program: "mvn", part: "Maven", ask: ["-version"] },
  { program: "unshare", part: "util-linux", ask: ["--version"] },
  { program: "ip", part: "iproute2", ask: ["-Version"] },
] as const;

/** Makes a network namespace with its own processes, and mounts `/proc` for them. */
export function unshareCommand(env: NodeJS.ProcessEnv): readonly string[] {
  const command = ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];
  // Without root, a user namespace gives the rights that this needs.
  return runs([...command, "true"], env) ? command : [...command, "--map-root-user"];
}

/** Tells why no broker can be started here; empty if one can. */
export function missingPrerequisites(env: NodeJS.ProcessEnv): string[] {
  const missing = PROGRAMS.filter(({ program, ask }) => !runs([program, ...ask], env))
    .map(({ program, part }) => `${program} (${part}) is not installed`);
  if (missing.length > 0) return missing;
  const namespace = [...unshareCommand(env), "ip", "link", "set", "lo", "up"];
  return runs(namespace, env) ? [] : ["this user cannot make a network namespace"];
}

function runs([program, ...args]: readonly string[], env: NodeJS.ProcessEnv): boolean {
  return spawnSync(program, args, { env, stdio: "ignore" }).status === 0;
}
