import { CommandError } from "./command_error.ts";
import { quote } from "./escape.ts";
import { fault, inspectFile, type ValidInspection } from "./inspect_file.ts";
import { inspectStore, recoveryCandidates } from "./store_files.ts";

/**
 * Reads an offset file that must be there and be valid.
 *
 * Only the named file is read: what is shown or changed is never silently another one.
 */
export async function readTable(action: string, path: string): Promise<ValidInspection> {
  const found = await inspectFile(path);
  if (found.state === "valid") return found;
  const candidates = recoveryCandidates(await inspectStore(path));
  throw new CommandError(
    `Cannot ${action} ${quote(path)}: ${fault(found)}`,
    candidates.length > 0
      ? `${quote(candidates[0].path)} is valid; recover it with: offsets rescue ${path} --write`
      : found.state === "missing"
      ? `Find the stores of this machine with: offsets list ~/.rocketmq_client_go`
      : `See what is left with: offsets verify ${path}`,
  );
}
