import { isAbsolute, join, resolve } from "node:path";
import process from "node:process";
import { quote } from "../core/table/message_queue.ts";
import type { OffsetFileFormat } from "../core/format/serialize.ts";

/** The environment variable that all clients read, if no root is given. */
export const ROOT_VARIABLE = "rocketmq.client.localOffsetStoreDir";

const LAYOUTS: Record<OffsetFileFormat, { readonly folder: string; readonly file: string }> = {
  go: { folder: ".rocketmq_client_go", file: "offset.json" },
  java: { folder: ".rocketmq_offsets", file: "offsets.json" },
};

/** Where a store's main file lies, and the root directory above it. */
export interface StorePath {
  readonly root: string;
  readonly path: string;
}

/**
 * The path of a store's main file: `<root>/<clientId>/<group>/offset.json`, or `offsets.json` as
 * Java names it. An empty component is skipped.
 *
 * @throws {TypeError} If a component could leave the root, or there is no root to be found.
 */
export function storePath(
  { clientId, group, root, format = "go" }: {
    readonly clientId: string;
    readonly group: string;
    readonly root?: string;
    readonly format?: OffsetFileFormat;
  },
): StorePath {
  checkComponent("clientId", clientId);
  checkComponent("group", group);
  const layout = LAYOUTS[format];
  const given = root ?? defaultRoot(layout.folder);
  // A path that is absolute already needs no permission to read the current directory.
  const base = isAbsolute(given) ? given : resolve(given);
  return { root: base, path: join(base, clientId, group, layout.file) };
}

function checkComponent(field: string, name: unknown): void {
  if (typeof name !== "string") {
    throw new TypeError(`Cannot use ${field} ${quote(name)}: it is not a string`);
  }
  if (name === "." || name === ".." || /[/\\\0]/.test(name)) {
    throw new TypeError(`Cannot use ${field} ${quote(name)}: it is not the name of a directory`);
  }
  if (!name.isWellFormed()) {
    throw new TypeError(`Cannot use ${field} ${quote(name)}: it holds a lone surrogate`);
  }
}

function defaultRoot(folder: string): string {
  const configured = process.env[ROOT_VARIABLE];
  if (configured) return configured;
  // A path relative to wherever the process was started would be another store each time.
  const home = process.env.HOME || process.env.USERPROFILE;
  if (home) return join(home, folder);
  throw new TypeError(
    `Cannot choose a root directory: no root is given, and neither "${ROOT_VARIABLE}" nor "HOME" is set`,
  );
}

/** The backup of a main file. */
export function backupOf(main: string): string {
  return `${main}.bak`;
}

/** The journal of a main file. */
export function journalOf(main: string): string {
  return `${main}.journal`;
}

/** The lock that merging stores take. */
export function lockOf(main: string): string {
  return `${main}.lock`;
}

/** A new temporary file beside a main file; `unique` is a name that nobody else uses. */
export function temporaryOf(main: string, unique: string): string {
  return `${main}.${unique}.tmp`;
}

/** The name under which a bad file is kept; `unique` is a name that nobody else uses. */
export function quarantineOf(path: string, unique: string): string {
  return `${path}.corrupt-${unique}`;
}
