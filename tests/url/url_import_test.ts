/**
 * What a user gets who has no checkout: Deno imports `mod.ts` by its URL; Bun and Node install the tarball by its URL; Bun
 * imports the fetched bundle as a Blob, Node imports it from disk. All from a loopback server and into empty folders, so
 * that nothing of this repository's own configuration can help. Each runs the same program, and all must write the same
 * bytes.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { OffsetTable, parse } from "../../mod.ts";
import { makeBundle, makeDeclarations, makeTarball } from "../../scripts/release/bundle.ts";
import { runRuntime } from "../../scripts/lib/runtimes.ts";
import { Loopback } from "./loopback.ts";

const TABLE = OffsetTable.from([
  [{ topic: "orders", brokerName: "broker-a", queueId: 0 }, 42n],
  [{ topic: "orders", brokerName: "broker-a", queueId: 1 }, 2n ** 53n + 1n],
  [{ topic: "päyments <&>", brokerName: "broker-b", queueId: 7 }, 2n ** 63n - 1n],
]);

/** The one program that all of them run; `api` is bound by `imports`, each in its own way. */
function program(imports: string, root: string): string {
  const updates = [...TABLE].map(([mq, offset]) =>
    `store.update(${JSON.stringify(mq)}, ${offset}n, true);`
  );
  return `${imports}
const root = ${JSON.stringify(root)};
const store = await api.LocalFileOffsetStore.open({ clientId: "c", group: "g", root });
${updates.join("\n")}
await store.persist();
await store.close();
`;
}

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const BY_NAME = 'import * as api from "@offsetstore/rocketmq";';
const PACKAGE = '{"name":"user","private":true,"type":"module"}\n';

let folder: string;
let server: Loopback;
let bundle: string;
/** What the first of them wrote. */
let written: string | undefined;

before(async () => {
  // realpath, because a permission is granted for a path, and /tmp is a link on macOS.
  folder = await realpath(await mkdtemp(join(tmpdir(), "offsetstore-url-")));
  bundle = await makeBundle(folder);
  server = await Loopback.start({
    "/offsetstore.mjs": { file: bundle, type: "text/javascript" },
    "/offsetstore.tgz": { file: await makeTarball(folder), type: "application/gzip" },
  });
});

after(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** An empty folder to run in and an empty folder to write to, of one case. */
async function emptyFolders(): Promise<{ cwd: string; root: string }> {
  server.requested.length = 0;
  return { cwd: await mkdtemp(join(folder, "cwd-")), root: await mkdtemp(join(folder, "root-")) };
}

async function assertWrote(root: string): Promise<void> {
  const text = await readFile(join(root, "c", "g", "offset.json"), "utf8");
  assert.ok(parse(text).equals(TABLE), text);
  assert.equal(text, written ??= text, "every runtime writes the same bytes");
}

test("Deno imports mod.ts by URL, with no config and only the permissions it needs", async () => {
  const { cwd, root } = await emptyFolders();
  const imports = `import * as api from "${server.origin}/mod.ts";`;
  await writeFile(join(cwd, "main.ts"), program(imports, root));
  await runRuntime("deno", [
    "run",
    "--check",
    "--no-prompt",
    `--allow-import=${server.host}`,
    `--allow-read=${root}`,
    `--allow-write=${root}`,
    "main.ts",
  ], { cwd, env: { DENO_DIR: join(cwd, "deno-dir") } });
  await assertWrote(root);
  const { requested } = server;
  assert.ok(requested.includes("/mod.ts"));
  assert.deepEqual(requested.filter((path) => path !== "/mod.ts" && !path.startsWith("/src/")), []);
});

test("Deno refuses the import without the permission", async () => {
  const { cwd, root } = await emptyFolders();
  const imports = `import * as api from "${server.origin}/mod.ts";`;
  await writeFile(join(cwd, "main.ts"), program(imports, root));
  // With one permission flag at least: without any, Deno's node:child_process adds --allow-all for a child that is Deno.
  await assert.rejects(
    runRuntime(
      "deno",
      ["run", "--no-prompt", `--allow-read=${root}`, `--allow-write=${root}`, "main.ts"],
      { cwd, env: { DENO_DIR: join(cwd, "deno-dir") } },
    ),
    /import access/,
  );
});

test("Bun installs the tarball by URL and imports it by name", async () => {
  const { cwd, root } = await emptyFolders();
  await writeFile(join(cwd, "package.json"), PACKAGE);
  await writeFile(join(cwd, "main.ts"), program(BY_NAME, root));
  // The registry is the loopback server too: the install is seen to ask it for nothing but the tarball. By a file, as the
  // environment would also send npx there for Bun itself.
  await writeFile(join(cwd, "bunfig.toml"), `[install]\nregistry = "${server.origin}/"\n`);
  await runRuntime("bun", ["add", `${server.origin}/offsetstore.tgz`], {
    cwd,
    env: { BUN_INSTALL_CACHE_DIR: join(cwd, "cache") },
  });
  await runRuntime("bun", ["run", "main.ts"], { cwd });
  await assertWrote(root);
  assert.deepEqual([...new Set(server.requested)], ["/offsetstore.tgz"]);
});

test("Bun imports the fetched single-file bundle as a Blob", async () => {
  const { cwd, root } = await emptyFolders();
  const imports = `const response = await fetch("${server.origin}/offsetstore.mjs");
const blob = new Blob([await response.text()], { type: "text/javascript" });
const api = await import(URL.createObjectURL(blob));`;
  await writeFile(join(cwd, "main.mjs"), program(imports, root));
  await runRuntime("bun", ["run", "main.mjs"], { cwd });
  await assertWrote(root);
});

test("Node imports the single-file bundle from disk", async () => {
  const { cwd, root } = await emptyFolders();
  const imports = `import * as api from ${JSON.stringify(pathToFileURL(bundle).href)};`;
  await writeFile(join(cwd, "main.mjs"), program(imports, root));
  await runRuntime("node", ["main.mjs"], { cwd });
  await assertWrote(root);
});

test("Node 22 imports the single-file bundle from disk, and every kind of store closes", async () => {
  const { cwd, root } = await emptyFolders();
  const imports = `import * as api from ${JSON.stringify(pathToFileURL(bundle).href)};
import process from "node:process";
if (!process.version.startsWith("v22.")) throw new Error(process.version);`;
  const more = [{ journal: true }, { onConflict: "merge" }, { exclusive: true }].map((options) => `
{
  const options = { clientId: "c2", group: "g", root, ...${JSON.stringify(options)} };
  const store = await api.LocalFileOffsetStore.open(options);
  for (const offset of [1n, 2n, 3n]) {
    store.update({ topic: "t", brokerName: "b", queueId: 0 }, offset, true);
    await store.persist();
  }
  await store.deleteDurable({ topic: "t", brokerName: "b", queueId: 0 });
  await store.close();
}`);
  await writeFile(join(cwd, "main.mjs"), program(imports, root) + more.join(""));
  await promisify(execFile)("npx", ["-y", "node@22", "main.mjs"], { cwd });
  await assertWrote(root);
});

test("TypeScript takes the declarations beside the bundle, with es2022 and Node's types alone", async () => {
  const { cwd } = await emptyFolders();
  await makeDeclarations(cwd);
  const source = program('import * as api from "./offsetstore.mjs";', "root");
  const wrong = "\nconst offset: number = store.peek({ topic: 1 });\n";
  const compilerOptions = {
    target: "es2022",
    lib: ["es2022"],
    module: "nodenext",
    types: ["node"],
    typeRoots: [join(REPOSITORY, "node_modules", "@types")],
    strict: true,
    noEmit: true,
  };
  await writeFile(join(cwd, "right.mts"), source);
  await writeFile(join(cwd, "wrong.mts"), source + wrong);
  const check = (file: string) => {
    const config = JSON.stringify({ compilerOptions, files: [file] });
    return writeFile(join(cwd, "tsconfig.json"), config).then(() =>
      promisify(execFile)("npx", ["-y", "-p", "typescript@5.9.3", "tsc", "-p", "."], { cwd })
    );
  };
  await check("right.mts");
  await assert.rejects(check("wrong.mts"), ({ stdout }: { stdout: string }) => {
    assert.match(stdout, /'bigint' is not assignable to type 'number'/);
    return true;
  });
});

test("Node installs the tarball by URL and imports it by name, types and core included", async () => {
  const { cwd, root } = await emptyFolders();
  await writeFile(join(cwd, "package.json"), PACKAGE);
  await writeFile(join(cwd, ".npmrc"), `registry=${server.origin}/\n`);
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--cache", join(cwd, "cache")];
  await promisify(execFile)("npm", ["install", ...flags, `${server.origin}/offsetstore.tgz`], {
    cwd,
    shell: process.platform === "win32",
  });
  assert.deepEqual([...new Set(server.requested)], ["/offsetstore.tgz"]);
  await rm(join(cwd, ".npmrc"));

  await writeFile(join(cwd, "main.mjs"), program(BY_NAME, root));
  await runRuntime("node", ["main.mjs"], { cwd });
  await assertWrote(root);

  // A class of its own in each entry would make `instanceof` fail.
  const same = `import * as core from "@offsetstore/rocketmq/core";
for (const [name, value] of Object.entries(core)) if (api[name] !== value) throw name;\n`;
  await writeFile(join(cwd, "same.mjs"), `${BY_NAME}\n${same}`);
  await runRuntime("node", ["same.mjs"], { cwd });

  const offset = "const offset: bigint = api.applyUpdate";
  const call = `(api.OffsetTable.empty, { topic: "t", brokerName: "b", queueId: 0 }, 1n, true)`;
  await writeFile(join(cwd, "right.ts"), `${BY_NAME}\n${offset}${call}.size as never;\n`);
  await writeFile(join(cwd, "wrong.ts"), `${BY_NAME}\n${offset}${call};\n`);
  const check = (file: string) =>
    runRuntime("deno", ["check", "--no-lock", "--node-modules-dir=manual", file], { cwd });
  await check("right.ts");
  await assert.rejects(check("wrong.ts"), /'OffsetTable' is not assignable to type 'bigint'/);
});
