import process from "node:process";
import { messageOf } from "../errors/error_code.ts";
import type { Diagnostic } from "../options.ts";

const HINT = "Pass `onDiagnostic` to `LocalFileOffsetStore.open` to hear of such events.";

/** Tells a failure that nobody listens for as a warning of the process; other events are no failure. */
export function warn(diagnostic: Diagnostic): void {
  switch (diagnostic.kind) {
    case "persist-failed":
      return emit("OFFSETSTORE_PERSIST_FAILED", messageOf(diagnostic.error));
    case "cleanup-failed": {
      const path = JSON.stringify(diagnostic.path);
      const message = `Cannot clear up ${path}: ${
        messageOf(diagnostic.error)
      }; the offsets are safe`;
      return emit("OFFSETSTORE_CLEANUP_FAILED", message);
    }
  }
}

function emit(code: string, message: string): void {
  process.emitWarning(message, { type: "OffsetStoreWarning", code, detail: HINT });
}
