import process from "node:process";
import { errorCode, messageOf } from "./error_code.ts";

const RIGHT = "give this user the right";
const FILES = "too many files are open; close some, or raise the limit (ulimit -n)";
const DEVICE = "the device or its file system is damaged; look into the system's log";
const LACKS = "the file system does not have this call; keep the offsets on a local one";

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: "make room on the disk",
  EDQUOT: "the quota of this user is used up; make room, or raise it",
  EFBIG: "no file may be so long here; raise the limit (ulimit -f), or use another file system",
  EACCES: RIGHT,
  EPERM: RIGHT,
  EROFS: "the file system is mounted read-only; mount it for writing",
  EINVAL: LACKS,
  ENOSYS: LACKS,
  ENOTSUP: LACKS,
  EMFILE: FILES,
  ENFILE: FILES,
  ENAMETOOLONG: "the file system allows no name so long; shorten the client id or the group",
  ESTALE: "the network file system has lost the file; mount it again",
  EIO: DEVICE,
  EUCLEAN: DEVICE,
  EBUSY: "another program has the file open, or it is a mount point; end the one or the other",
};

const MOUNTED_FILE =
  "the file itself is mounted, as a container mounts a single file, and a mount " +
  "point cannot be replaced; mount the directory of the file instead";
const OPEN_ELSEWHERE =
  "another program, such as a scanner, has the file open; exclude the directory";

/**
 * Tells in words what to do about a system error; `undefined` if there is no general advice.
 *
 * @param platform The platform: on Windows EBUSY, EPERM and EACCES mean that another program has
 *   the
 *   file open.
 */
export function adviceFor(error: unknown, platform: string = process.platform): string | undefined {
  const code = errorCode(error) ?? "";
  const isWindows = platform === "win32";
  if (isWindows && code === "EBUSY") return OPEN_ELSEWHERE;
  if (isWindows && (code === "EPERM" || code === "EACCES")) return `${RIGHT}; or ${OPEN_ELSEWHERE}`;
  if (code === "EBUSY" && isOfRename(error)) return MOUNTED_FILE;
  return Object.hasOwn(ADVICE, code) ? ADVICE[code] : undefined;
}

/** On POSIX a rename answers EBUSY only for a mount point. */
function isOfRename(error: unknown): boolean {
  const { syscall } = (error ?? {}) as { readonly syscall?: unknown };
  return syscall === "rename" || /\brename\b/.test(messageOf(error));
}
