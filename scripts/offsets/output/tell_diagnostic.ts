import type { Diagnostic } from "../../../mod.ts";
import { escape, quote } from "../../lib/escape.ts";
import type { Io } from "../../lib/io.ts";
import { describeSystemError } from "./system_error.ts";

/** Prints what happened besides, while a command wrote a store. */
export function tellDiagnostic(io: Io, diagnostic: Diagnostic): void {
  io.err(escape(`Note: ${textOf(diagnostic)}`) + "\n");
}

function textOf(diagnostic: Diagnostic): string {
  const path = quote(diagnostic.path);
  switch (diagnostic.kind) {
    case "kept-aside":
      return `${path} is kept as ${quote(diagnostic.keptAs)}`;
    case "cleanup-failed":
      return `cannot tidy up ${path}: ${describeSystemError(diagnostic.error)}`;
    case "root-not-synced":
      return `cannot make the entry of ${path} durable: ${describeSystemError(diagnostic.error)}`;
    case "call-missing":
      return `the file system of ${path} cannot ${WITHOUT[diagnostic.call]}`;
    default:
      return `${diagnostic.kind}: ${path}`;
  }
}

const WITHOUT = {
  syncDirectory: "sync directories: a power cut may undo the change",
  link: "make hard links: the backup is a copy",
  setTimes: "set the times of files: the write takes longer",
};
