import { constants } from "node:os";

/**
 * The code of a system error (`ENOENT`), or `undefined` if there is none.
 *
 * Deno sets no code for the rarer errors, and Node sets `Unknown system error -122` for some. The
 * number of the error then tells the code.
 */
export function errorCode(error: unknown): string | undefined {
  const { code, errno, message } = (error ?? {}) as {
    code?: unknown;
    errno?: unknown;
    message?: unknown;
  };
  if (typeof code === "string" && !code.startsWith("Unknown")) return code;
  const number = typeof errno === "number"
    ? errno
    : Number(/\(os error (\d+)\)/.exec(`${message}`)?.[1]);
  return CODES.get(Math.abs(number));
}

/** The codes of this system by their numbers. */
const CODES = new Map(Object.entries(constants.errno).map(([code, number]) => [number, code]));

/**
 * There is no such file.
 *
 * Only ENOENT says so. Everything else, a refused permission above all, is an error: taking it for
 * "missing" would start the consumer from nothing (clause L5).
 */
export function isMissing(error: unknown): boolean {
  return errorCode(error) === "ENOENT";
}

/** The device or the file system has lost the content: the file exists and is of no use (L2). */
export function isUnreadable(error: unknown): boolean {
  return UNREADABLE.has(errorCode(error));
}

const UNREADABLE = new Set<unknown>(["EIO", "EUCLEAN", "EBADMSG", "EILSEQ", "ENODATA"]);

/** The file system does not have a call, unlike one that has it and fails (O5). */
export function isUnsupported(error: unknown): boolean {
  return UNSUPPORTED.has(errorCode(error));
}

const UNSUPPORTED = new Set<unknown>(["EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"]);

/** The file system cannot make hard links, or no more of this file. */
export function isLinkUnsupported(error: unknown): boolean {
  return isUnsupported(error) || LINK_UNSUPPORTED.has(errorCode(error));
}

const LINK_UNSUPPORTED = new Set<unknown>([
  "EPERM",
  "EXDEV",
  "EMLINK",
  "EISDIR", // Windows' answer for a FAT volume
]);

/** The file that was to be read as a symbolic link is something else. */
export function isNoLink(error: unknown): boolean {
  return NO_LINK.has(errorCode(error));
}

const NO_LINK = new Set<unknown>([
  ...["EINVAL", "ENOSYS", "ENOTSUP"],
  "UNKNOWN", // on Windows
  "EISDIR", // on Windows, of any file on a volume without links, such as FAT
]);

/** Windows refuses for a while: a scanner or an indexer has the file open. */
export function isBusy(error: unknown): boolean {
  return BUSY.has(errorCode(error));
}

const BUSY = new Set<unknown>(["EPERM", "EBUSY", "EACCES"]);

/** The message of an error, or the text of anything else that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The rights of the file system or of the runtime forbid the call. */
export function isDenied(error: unknown): boolean {
  if (DENIED.has(errorCode(error))) return true;
  return error instanceof Error && DENIED_BY_DENO.has(error.name);
}

const DENIED = new Set<unknown>(["EACCES", "EPERM"]);
const DENIED_BY_DENO = new Set(["NotCapable", "PermissionDenied"]);
