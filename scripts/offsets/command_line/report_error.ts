import { errorCode } from "../../../src/file/errors/error_code.ts";
import { escape, escapeJson } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import { paint } from "../../lib/io.ts";
import { UsageError } from "../../lib/usage_error.ts";
import { describeSystemError, isNotCapable } from "../output/system_error.ts";
import { CommandUsageError } from "./args.ts";
import { CommandError } from "./command_error.ts";
import { hint, type ToolIo } from "./tool_io.ts";

/** An error as it is reported: in words on standard error, or as JSON on standard output. */
interface Report {
  readonly code: string;
  readonly message: string;
  readonly path?: string;
  readonly next?: string;
  readonly exitCode: number;
}

/**
 * Tells an error.
 *
 * @returns The exit code.
 */
export function reportError(error: unknown, isJson: boolean, io: ToolIo): number {
  const { message, next, exitCode } = reportOf(error, io);
  if (isJson) {
    io.out(escapeJson(JSON.stringify(errorJson(error, io), undefined, 2)) + "\n");
    return exitCode;
  }
  const [first, ...rest] = message.split("\n").map(escape);
  const told = next === undefined ? [] : `  ${next}`.split("\n").map(escape);
  io.err([paint(io, "red", first), ...rest, ...told].join("\n") + "\n");
  return exitCode;
}

/** An error as JSON tells it. */
export function errorJson(error: unknown, io: ToolIo) {
  const { code, message, path = null, next = null } = reportOf(error, io);
  return { error: { code, message, path, next } };
}

function reportOf(error: unknown, io: ToolIo): Report {
  if (error instanceof CommandError) {
    const { code, message, path, exitCode } = error;
    return { code, message, path, exitCode, next: hint(io, error.next) };
  }
  if (error instanceof UsageError) {
    const { message } = error;
    const next = error instanceof CommandUsageError
      ? `usage: ${io.program} ${error.usage}`
      : `see ${io.program} --help`;
    return { code: "usage", message, next, exitCode: EXIT.usage };
  }
  const state = `Cannot run the command: ${describeSystemError(error)}`;
  const code = errorCode(error) ?? (isNotCapable(error) ? "EACCES" : undefined);
  if (code !== undefined) return { code, message: state, exitCode: EXIT.failure };
  // A fault of the tool itself: here alone a stack helps.
  const stack = error instanceof Error ? `\n${error.stack}` : "";
  return { code: "internal", message: state + stack, exitCode: EXIT.failure };
}
