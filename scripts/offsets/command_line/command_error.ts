import { EXIT } from "../../lib/exit_code.ts";
import { errorCode } from "../../../src/file/errors/error_code.ts";
import type { Hint } from "./hint.ts";

/** Why a command cannot be done, by a name that programs may rely on. */
export const ERROR_CODES = {
  "usage": "the command line is wrong",
  "missing": "there is no such file",
  "bad": "a file cannot be used as it is",
  "unexamined": "a file cannot be examined, and may be intact",
  "ali-ons": "only ali-ons reads the file, or would read it",
  "exists": "the file to write is there already",
  "refused": "a safety check refuses the change, and an option allows it",
  "no-match": "no queue matches",
  "live": "a consumer is at work on the store",
  "owner": "the owner of the file could not read it afterwards",
  "changed": "another process has changed the file meanwhile",
  "uncertain": "a power cut may undo the write",
  "failed": "the system refuses, and gives no name for the reason",
  "internal": "a fault of the tool",
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** What programs learn of an error, besides its message. */
export interface CommandErrorOptions extends ErrorOptions {
  /** One of ours; without it, the code of the system in `cause`, such as `ENOSPC`. */
  readonly code?: ErrorCode;
  /** The file or directory that the command cannot use. */
  readonly path?: string;
  readonly exitCode?: number;
}

/** A command cannot do what it was rightly asked; the message says what to do next. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly next: Hint;
  readonly code: string;
  readonly path: string | undefined;
  readonly exitCode: number;

  /**
   * @param message `Cannot <action> <quoted value>: <current state>`.
   * @param next What to do next.
   */
  constructor(message: string, next: Hint, options: CommandErrorOptions = {}) {
    const { code, path, exitCode = EXIT.failure, ...rest } = options;
    super(message, rest);
    this.next = next;
    this.code = code ?? errorCode(rest.cause) ?? "failed";
    this.path = path;
    this.exitCode = exitCode;
  }
}
