/**
 * What a user gets who has no checkout: Deno imports `mod.ts` by its URL, Bun installs the tarball by its URL or imports
 * the fetched bundle as a Blob, Node imports the bundle from disk. All from a loopback server and into empty folders, so
 * that nothing of this repository's own configuration can help. Each runs the same program, and each must write the same
 * bytes.
 */
import assert from "node:assert/strict";
import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { OffsetTable, serialize } from "../../mod.ts";
import { makeBundle, makeTarball } from "../../scripts/bundle.ts";
import { runRuntime } from "../support/runtimes.ts";

const QUEUES = [
  [{ topic: "orders", brokerName: "broker-a", queueId: 0 }, 42n],
  [{ topic: "orders", brokerName: "broker-a", queueId: 1 }, 2n ** 53n + 1n],
  [{ topic: "päyments <&>", brokerName: "broker-b", queueId: 7 }, 2n ** 63n - 1n],
] as const;

const EXPECTED = serialize(OffsetTable.from(QUEUES), { checksum: true });

/** The one program that all of them run; `api` is bound by `imports`, each in its own way. */
function program(imports: string, root: string): string {
  const updates = QUEUES.map(([mq, offset]) =>
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

const REPOSITORY = new URL("../../", import.meta.url);

let folder: string;
let server: Server;
let port: number;
let bundle: string;
let tarball: string;
let requested: string[];

before(async () => {
  // realpath, because a permission is granted for a path, and /tmp is a link on macOS.
  folder = await realpath(await mkdtemp(join(tmpdir(), "offsetstore-url-")));
  bundle = await makeBundle(folder);
  tarball = await makeTarball(folder);
  requested = [];
  server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://loopback").pathname;
    requested.push(path);
    try {
      if (path === "/offsetstore.mjs") {
        response.setHeader("content-type", "text/javascript");
        response.end(await readFile(bundle));
      } else if (path === "/offsetstore.tgz") {
        response.setHeader("content-type", "application/gzip");
        response.end(await readFile(tarball));
      } else if (path === "/mod.ts" || path.startsWith("/src/")) {
        response.setHeader("content-type", "application/typescript");
        response.end(await readFile(new URL(`.${path}`, REPOSITORY)));
      } else {
        response.writeHead(404).end();
      }
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});

after(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

/** An empty folder to run in and an empty folder to write to, of one case. */
async function emptyFolders(): Promise<{ cwd: string; root: string }> {
  return { cwd: await mkdtemp(join(folder, "cwd-")), root: await mkdtemp(join(folder, "root-")) };
}

async function assertWrote(root: string): Promise<void> {
  assert.equal(await readFile(join(root, "c", "g", "offset.json"), "utf8"), EXPECTED);
}

test("Deno imports mod.ts by URL, with no config and only the permissions it needs", async () => {
  const { cwd, root } = await emptyFolders();
  const host = `127.0.0.1:${port}`;
  await writeFile(
    join(cwd, "main.ts"),
    program(`import * as api from "http://${host}/mod.ts";`, root),
  );
  requested.length = 0;
  await runRuntime("deno", [
    "run",
    "--check",
    "--no-prompt",
    `--allow-import=${host}`,
    `--allow-read=${root}`,
    `--allow-write=${root}`,
    "main.ts",
  ], { cwd, env: { DENO_DIR: join(cwd, "deno-dir") } });
  await assertWrote(root);
  assert.ok(requested.includes("/mod.ts"));
  assert.deepEqual(requested.filter((path) => path !== "/mod.ts" && !path.startsWith("/src/")), []);
});

test("Deno refuses the import without the permission", async () => {
  const { cwd, root } = await emptyFolders();
  await writeFile(
    join(cwd, "main.ts"),
    program(`import * as api from "http://127.0.0.1:${port}/mod.ts";`, root),
  );
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
  const origin = `http://127.0.0.1:${port}`;
  await writeFile(join(cwd, "package.json"), '{"name":"user","private":true,"type":"module"}\n');
  await writeFile(
    join(cwd, "main.ts"),
    program('import * as api from "@offsetstore/rocketmq";', root),
  );
  requested.length = 0;
  // The registry is the loopback server too: the install is seen to ask it for nothing but the tarball. By a file, as the
  // environment would also send npx there for Bun itself.
  await writeFile(join(cwd, "bunfig.toml"), `[install]\nregistry = "${origin}/"\n`);
  await runRuntime("bun", ["add", `${origin}/offsetstore.tgz`], {
    cwd,
    env: { BUN_INSTALL_CACHE_DIR: join(cwd, "cache") },
  });
  await runRuntime("bun", ["run", "main.ts"], { cwd });
  await assertWrote(root);
  assert.deepEqual([...new Set(requested)], ["/offsetstore.tgz"]);
});

test("Bun imports the fetched single-file bundle as a Blob", async () => {
  const { cwd, root } = await emptyFolders();
  const imports = `const response = await fetch("http://127.0.0.1:${port}/offsetstore.mjs");
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
