/** Programs that use a published release by its URL, on the three runtimes. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runtimeCommand } from "../lib/runtimes.ts";
import { ReleaseError } from "./release_error.ts";
import { runProgram } from "./run_program.ts";

/** Uses a file of the release in an empty folder; rejects if that fails. */
export type Trial = (url: URL, folder: string) => Promise<unknown>;

const NAME = "@offsetstore/rocketmq";

/** The program that a user of the release would write, after `imports` has bound `api`. */
function program(imports: string): string {
  return `${imports}
const mq = { topic: "verify", brokerName: "broker-a", queueId: 0 };
const options = { clientId: "release", group: "verify", root: "store" };
const store = await api.LocalFileOffsetStore.open(options);
store.update(mq, 2n ** 53n + 1n, true);
await store.persist();
await store.close();
const again = await api.LocalFileOffsetStore.open(options);
const offset = again.peek(mq);
await again.close();
if (offset !== 2n ** 53n + 1n) throw new Error("The offset came back as " + offset);
`;
}

const BY_NAME = program(`import * as api from "${NAME}";`);
const PACKAGE = '{"private":true,"type":"module"}\n';

const inDeno: Trial = async (url, folder) => {
  const imports = `import * as api from ${JSON.stringify(url.href)};`;
  await writeFile(join(folder, "main.ts"), program(imports));
  const port = url.port || (url.protocol === "http:" ? "80" : "443");
  const flags = ["--no-config", "--no-lock", "--no-prompt", "--reload", "--no-check"];
  const permissions = ["--allow-read=.", "--allow-write=."];
  const hosts = `--allow-import=${url.hostname}:${port}`;
  return await runProgram(folder, [
    ...runtimeCommand("deno"),
    "run",
    ...flags,
    hosts,
    ...permissions,
    "main.ts",
  ]);
};

const inBunAsBlob: Trial = async (url, folder) => {
  const imports = `const response = await fetch(${JSON.stringify(url.href)});
if (!response.ok) throw new Error("The server answers " + response.status);
const blob = new Blob([await response.text()], { type: "text/javascript" });
const api = await import(URL.createObjectURL(blob));`;
  await writeFile(join(folder, "main.mjs"), program(imports));
  return await runProgram(folder, [...runtimeCommand("bun"), "run", "main.mjs"]);
};

const inNodeFetched: Trial = async (url, folder) => {
  const response = await fetch(url);
  if (!response.ok) throw new ReleaseError(`The server answers ${response.status}`);
  await writeFile(join(folder, "release.mjs"), await response.text());
  await writeFile(join(folder, "main.mjs"), program('import * as api from "./release.mjs";'));
  return await runProgram(folder, [...runtimeCommand("node"), "main.mjs"]);
};

const inBunInstalled: Trial = async (url, folder) => {
  await writeFile(join(folder, "package.json"), PACKAGE);
  await writeFile(join(folder, "main.ts"), BY_NAME);
  await runProgram(folder, [...runtimeCommand("bun"), "add", "--no-cache", url.href]);
  return await runProgram(folder, [...runtimeCommand("bun"), "run", "main.ts"]);
};

const inNodeInstalled: Trial = async (url, folder) => {
  await writeFile(join(folder, "package.json"), PACKAGE);
  await writeFile(join(folder, "main.mjs"), BY_NAME);
  const npm = ["npm", "install", "--no-audit", "--no-fund", "--cache", join(folder, "cache")];
  await runProgram(folder, [...npm, url.href]);
  return await runProgram(folder, [...runtimeCommand("node"), "main.mjs"]);
};

const SCRIPT = {
  "Deno, by URL": inDeno,
  "Bun, as a Blob": inBunAsBlob,
  "Node, as a file": inNodeFetched,
};

/** The trials of a file, by the end of its name. */
export const TRIALS: Readonly<Record<string, Readonly<Record<string, Trial>>>> = {
  ts: { "Deno, by URL": inDeno },
  mjs: SCRIPT,
  js: SCRIPT,
  tgz: { "Bun, installed": inBunInstalled, "Node, installed": inNodeInstalled },
};
