/** The code of a system error (`ENOENT`), or `undefined` if the runtime names none. */
export function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

/**
 * There is no such file.
 *
 * Only ENOENT says so. Everything else, a refused permission above all, is an error: taking it for
 * "missing" would start the consumer from nothing (clause L5).
 */
export function isMissing(error: unknown): boolean {
  return errorCode(error) === "ENOENT";
}

/** The device or the file system lost the content: the file is there, and is no use (clause L2). */
export function isUnreadable(error: unknown): boolean {
  return UNREADABLE.has(errorCode(error));
}

const UNREADABLE = new Set<unknown>(["EIO", "EUCLEAN", "EBADMSG", "EILSEQ", "ENODATA"]);

/** The file system cannot make hard links, or no more of this file. */
export function isLinkUnsupported(error: unknown): boolean {
  return LINK_UNSUPPORTED.has(errorCode(error));
}

const LINK_UNSUPPORTED = new Set<unknown>([
  "EPERM",
  "EXDEV",
  "EMLINK",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EISDIR", // Windows' answer for a FAT volume
]);

/** What was to be read as a symbolic link is something else. */
export function isNoLink(error: unknown): boolean {
  return NO_LINK.has(errorCode(error));
}

const NO_LINK = new Set<unknown>(["EINVAL", "UNKNOWN"]); // the latter on Windows

/** Windows refuses for a while: a scanner or an indexer has the file open. */
export function isBusy(error: unknown): boolean {
  return BUSY.has(errorCode(error));
}

const BUSY = new Set<unknown>(["EPERM", "EBUSY", "EACCES"]);

/** An error's message, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The process may not make this call, by the file system's rights or by the runtime's. */
export function isDenied(error: unknown): boolean {
  if (DENIED.has(errorCode(error))) return true;
  return error instanceof Error && DENIED_BY_DENO.has(error.name);
}

const DENIED = new Set<unknown>(["EACCES", "EPERM"]);
const DENIED_BY_DENO = new Set(["NotCapable", "PermissionDenied"]);
