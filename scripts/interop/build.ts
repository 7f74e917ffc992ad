import process from "node:process";
import { Child } from "../lib/child.ts";
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

/** Runs a step. Returns the end of its output if it fails. */
async function run(
  { command, cwd, env: more }: Step,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const child = new Child(command, { cwd, env: { ...env, ...more } });
  child.hangUp();
  try {
    const { code, lines, errors } = await child.ended;
    if (code === 0) return undefined;
    const said = `${lines.join("\n")}\n${errors}`.trim().slice(-2000);
    return `${command[0]} ended with code ${code}: ${said}`;
  } catch (error) {
    return (error as Error).message;
  }
}
