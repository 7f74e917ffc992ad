import { OffsetLoadError } from "../../../mod.ts";
import { adviceFor } from "../../../src/file/errors/advice.ts";
import { errorCode, messageOf } from "../../../src/file/errors/error_code.ts";

const STATES: Record<string, string> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a part of the path is not a directory",
  EISDIR: "it is a directory",
  EACCES: "permission denied",
  EPERM: "the operation is not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  ELOOP: "its symbolic links lead nowhere",
  EBUSY: "the file is busy",
  EINVAL: "the file system does not take the call",
  EDQUOT: "the quota is used up",
  EIO: "the device fails",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  ENAMETOOLONG: "a name is too long",
  ENOSYS: "the file system does not have the call",
  ENOTSUP: "the file system does not have the call",
  ESTALE: "the network file system has lost the file",
};

/** Whether it is Deno's refusal of what its permission flags do not allow. */
export function isNotCapable(error: unknown): error is Error {
  return error instanceof Error && error.name === "NotCapable";
}

/** What to do about an error of the system, before the same command is run again. */
export function nextStepAfter(error: unknown): string {
  const advice = adviceFor(error);
  return advice === undefined
    ? "Find out what the system means, then run the same command again."
    : `${advice[0].toUpperCase()}${advice.slice(1)}; then run the same command again.`;
}

/** What the system says of a file, in words. */
export function describeSystemError(error: unknown): string {
  if (error instanceof OffsetLoadError) return describeSystemError(error.cause);
  if (isNotCapable(error)) return `Deno: ${error.message}`;
  return STATES[errorCode(error) ?? ""] ?? messageOf(error);
}
