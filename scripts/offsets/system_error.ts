import { OffsetLoadError } from "../../mod.ts";
import { errorCode, messageOf } from "../../src/file/errors/error_code.ts";

const STATES: Record<string, string> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a part of the path is not a directory",
  EISDIR: "it is a directory",
  EACCES: "permission denied",
  EPERM: "the operation is not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  ELOOP: "its symbolic links lead nowhere",
};

/** Whether it is Deno's refusal of what its permission flags do not allow. */
export function isNotCapable(error: unknown): error is Error {
  return error instanceof Error && error.name === "NotCapable";
}

/** What the system says of a file, in words. */
export function describeSystemError(error: unknown): string {
  if (error instanceof OffsetLoadError) return describeSystemError(error.cause);
  if (isNotCapable(error)) return `Deno: ${error.message}`;
  return STATES[errorCode(error) ?? ""] ?? messageOf(error);
}
