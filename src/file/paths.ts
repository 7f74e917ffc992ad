import { posix, win32 } from "node:path";
import process from "node:process";
import type { OffsetFileFormat } from "../core/format/serialize.ts";
import { checkComponent, checkRoot, NATIVE_PATHS, type PathStyle } from "./path_rules.ts";

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
 * The path of a store's main file (G1): `<root>/<clientId>/<group>/offset.json`, or `offsets.json`
 * as Java names it. An empty component is skipped.
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
  style: PathStyle = NATIVE_PATHS,
): StorePath {
  checkComponent("clientId", clientId, style);
  checkComponent("group", group, style);
  const { isAbsolute, join, resolve } = style === "win32" ? win32 : posix;
  const layout = LAYOUTS[format];
  if (root !== undefined) checkRoot("root", root, style);
  const given = root ?? defaultRoot(layout.folder, style);
  // A path that is absolute already needs no permission to read the current directory.
  const base = isAbsolute(given) ? given : resolve(given);
  return { root: base, path: join(base, clientId, group, layout.file) };
}

function defaultRoot(folder: string, style: PathStyle): string {
  const configured = process.env[ROOT_VARIABLE];
  if (configured) {
    checkRoot(ROOT_VARIABLE, configured, style);
    return configured;
  }
  // A path relative to wherever the process was started would be another store each time.
  const source = process.env.HOME ? "HOME" : "USERPROFILE";
  const home = process.env[source];
  if (home) {
    checkRoot(source, home, style);
    return (style === "win32" ? win32 : posix).join(home, folder);
  }
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

/** A new temporary file beside a main file. */
export function temporaryOf(main: string, unique: string): string {
  return `${main}.${unique}.tmp`;
}

/** The second name of main that becomes the backup once the new main is durable. */
export function pendingBackupOf(main: string, unique: string): string {
  return `${main}.${unique}.bak.tmp`;
}

/** The name under which a bad file is kept. */
export function quarantineOf(path: string, unique: string): string {
  return `${path}.corrupt-${unique}`;
}

/** What a store held before the operator's tool changed it. */
export function undoOf(main: string, unique: string): string {
  return `${main}.undo-${unique}`;
}

/** The temporary file of Go's client, which has one name for all writes. */
export function goTemporaryOf(main: string): string {
  return `${main}.tmp`;
}

/** Makes a unique name: the time first, so that a listing shows the order. */
export function makeUniqueName(): string {
  const time = new Date().toISOString().replaceAll(/[-:]/g, "");
  return `${time}-${crypto.randomUUID().slice(0, 8)}`;
}

/** When a name was made that ends in a unique part and suffixes, in milliseconds since 1970. */
export function timeOfName(path: string): number {
  const [, date, hour, minute, rest] = /(\d{8})T(\d\d)(\d\d)([\d.]{6}Z)-[^/\\]*$/.exec(path) ?? [];
  const day = date?.replace(/(....)(..)(..)/, "$1-$2-$3");
  return Date.parse(`${day}T${hour}:${minute}:${rest}`);
}

const UNIQUE = String.raw`\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{8}`;
const UNDO = new RegExp(String.raw`^\.undo-${UNIQUE}$`);
const TEMPORARY = new RegExp(String.raw`^\.${UNIQUE}(\.bak)?\.tmp$`);

/**
 * Tells whether a file name is one of our own temporary names for a main file (P8): exactly the names
 * of `temporaryOf` and `pendingBackupOf`. No other file is removed or loaded as ours.
 */
export function temporaryKind(
  mainName: string,
  name: string,
): "temporary" | "pending backup" | undefined {
  if (!name.startsWith(mainName)) return undefined;
  const match = TEMPORARY.exec(name.slice(mainName.length));
  if (match === null) return undefined;
  return match[1] === undefined ? "temporary" : "pending backup";
}

/** Tells whether a file name is one that `undoOf` gives for a main file. */
export function isUndoName(mainName: string, name: string): boolean {
  return name.startsWith(mainName) && UNDO.test(name.slice(mainName.length));
}
