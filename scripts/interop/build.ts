import { spawn } from "node:child_process";
import process from "node:process";
import type { Client, Step } from "./clients.ts";
import { missingPrograms } from "./toolchains.ts";

/** Whether a client's driver can be run, and why not. */
export type Built =
  | { readonly client: Client; readonly ok: true }
  | {
    readonly client: Client;
    readonly ok: false;
    readonly skipped: boolean;
    readonly why: string;
  };

/** Builds a client's driver into the folder, unless its toolchain is missing. */
export async function build(
  client: Client,
  folder: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Built> {
  const missing = missingPrograms(client.toolchain, env);
  if (missing.length > 0) {
    const why = `${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not installed`;
    return { client, ok: false, skipped: true, why };
  }
  for (const step of client.build(folder)) {
    const said = await run(step, env);
    if (said !== undefined) return { client, ok: false, skipped: false, why: said };
  }
  return { client, ok: true };
}

/** Runs a step; returns what it said at the end if it failed. */
function run(
  { command: [program, ...args], cwd, env: more }: Step,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...env, ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    const hear = (text: string) => said = (said + text).slice(-2000);
    child.stdout.setEncoding("utf8").on("data", hear);
    child.stderr.setEncoding("utf8").on("data", hear);
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code) => {
      resolve(code === 0 ? undefined : `${program} ended with code ${code}: ${said.trim()}`);
    });
  });
}
