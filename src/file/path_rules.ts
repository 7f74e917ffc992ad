import process from "node:process";
import { quote } from "../core/table/message_queue.ts";

/** How paths are written, and which names are allowed. */
export type PathStyle = "posix" | "win32";

/** The way of this platform. */
export const NATIVE_PATHS: PathStyle = process.platform === "win32" ? "win32" : "posix";

/** Windows takes these for devices, with any suffix. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³]) *(\..*)?$/i;

/**
 * Refuses a client id or a group that is not the name of a directory (U6, O6).
 *
 * @throws {TypeError} If it could leave the root, or the system would change or refuse it.
 */
export function checkComponent(field: string, name: unknown, style: PathStyle): void {
  if (typeof name !== "string") {
    throw new TypeError(
      `Cannot use ${field} ${quote(name)}: it is not a string; pass "" to leave its level out`,
    );
  }
  const state = name === "." || name === ".." || /[/\\\0]/.test(name)
    ? "it is not the name of a directory"
    : faultOf(name, style);
  if (state !== undefined) throw new TypeError(`Cannot use ${field} ${quote(name)}: ${state}`);
}

/**
 * Refuses a root that is no path, or whose meaning depends on more than the current directory (U6, O6).
 *
 * @param source What it is called where it was given.
 * @throws {TypeError} If the root is not usable; the message says what to pass.
 */
export function checkRoot(source: string, root: unknown, style: PathStyle): void {
  const refuse = (state: string) => {
    throw new TypeError(`Cannot use ${source} ${quote(root)}: ${state}`);
  };
  if (root instanceof URL) return refuse("it is a URL; pass the path, fileURLToPath(root)");
  if (typeof root !== "string") return refuse("it is not a string; pass the path of a directory");
  if (root === "") return refuse("it is empty; leave it out for the default, or pass a directory");
  if (root.startsWith("~")) {
    return refuse(
      'only a shell replaces "~"; pass the path of the home directory itself, homedir()',
    );
  }
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(root)) return refuse("it is a URL; pass a path");
  if (root.includes("\0")) return refuse("it holds a NUL character");
  if (style === "win32") return checkWindowsRoot(root, refuse);
  const fault = faultOf(root, style);
  if (fault !== undefined) refuse(fault);
}

function checkWindowsRoot(root: string, refuse: (state: string) => void): void {
  // Windows takes such a path as it is written.
  if (/^\\\\[?.]\\/.test(root)) return;
  if (/^[\\/](?![\\/])/.test(root)) {
    return refuse(`it depends on the current drive; write the drive before it, "C:${root}"`);
  }
  if (/^[a-z]:(?![\\/])/i.test(root)) {
    return refuse('it depends on the current directory of the drive; write "\\" after the ":"');
  }
  for (const name of root.replace(/^[a-z]:/i, "").split(/[\\/]/)) {
    const fault = name === "." || name === ".." ? undefined : faultOf(name, "win32");
    if (fault !== undefined) return refuse(`of the name ${quote(name)}, ${fault}`);
  }
}

/** Why the system would not keep a name as it is; `undefined` if it does. */
function faultOf(name: string, style: PathStyle): string | undefined {
  if (!name.isWellFormed()) return "it holds a lone surrogate";
  if (style === "posix") return undefined;
  const refused = [...name].find((char) => char < " " || '<>:"|?*'.includes(char));
  if (refused !== undefined) return `Windows refuses the character ${quote(refused)}`;
  if (/[. ]$/.test(name)) return "Windows leaves out a dot or a space at the end";
  return DEVICE.test(name) ? "Windows takes it for a device" : undefined;
}
