import { errorCode, isDenied, isLinkUnsupported, isUnsupported } from "../errors/error_code.ts";
import type { Diagnostic } from "../options.ts";
import { BlockingFile } from "./blocking_file.ts";
import { tickOf } from "./file_info.ts";
import type { FileSystem, WritableFile } from "./file_system.ts";

/** A call that a store can do without. */
type Call = Extract<Diagnostic, { readonly kind: "call-missing" }>["call"];

/**
 * Serves a file system that lacks a call (O5), and reports each such call once.
 *
 * - `syncDirectory`: does nothing; entries are as durable as the file system makes them by itself.
 * - `link`: still rejects; its caller copies the backup instead.
 * - `setTimes`: a new file waits until the next change is sure to give it another time (P9).
 *
 * A call that the file system has and that fails is an error as before.
 */
export function serveMissingCalls(
  fileSystem: FileSystem,
  report: (diagnostic: Diagnostic) => void,
): FileSystem {
  const told = new Set<Call>();
  const tell = (call: Call, path: string, error: unknown) => {
    if (told.has(call)) return;
    told.add(call);
    report({ kind: "call-missing", call, path, error });
  };
  return {
    readFile: (path) => fileSystem.readFile(path),
    stat: (path) => fileSystem.stat(path),
    readLink: (path) => fileSystem.readLink(path),
    readDirectory: (path) => fileSystem.readDirectory(path),
    syncFile: (path) => fileSystem.syncFile(path),
    rename: (from, to) => fileSystem.rename(from, to),
    unlink: (path) => fileSystem.unlink(path),
    makeDirectory: (path) => fileSystem.makeDirectory(path),
    chownDirectory: (path, uid, gid) => fileSystem.chownDirectory(path, uid, gid),
    removeDirectory: (path) => fileSystem.removeDirectory(path),
    pause: (ms, signal) => fileSystem.pause(ms, signal),
    now: () => fileSystem.now(),
    uniqueName: () => fileSystem.uniqueName(),

    async create(path) {
      const file = await fileSystem.create(path);
      const served: WritableFile = {
        ...delegate(file),
        backdate: () =>
          file.backdate().catch(async (error) => {
            // On some systems only the owner of the mount may set times.
            if (!isUnsupported(error) && !isDenied(error)) throw error;
            tell("setTimes", path, error);
            const { mtimeMs } = await file.stat();
            await fileSystem.pause(2 * tickOf(mtimeMs));
          }),
      };
      BlockingFile.handOn(file, served);
      return served;
    },

    async syncDirectory(path) {
      try {
        await fileSystem.syncDirectory(path);
      } catch (error) {
        if (!isUnsupported(error)) throw error;
        tell("syncDirectory", path, error);
      }
    },

    async link(existing, path) {
      try {
        await fileSystem.link(existing, path);
      } catch (error) {
        // A file with too many names says nothing about the file system.
        if (isLinkUnsupported(error) && errorCode(error) !== "EMLINK") tell("link", path, error);
        throw error;
      }
    },
  };
}

function delegate(file: WritableFile): WritableFile {
  return {
    write: (bytes, position) => file.write(bytes, position),
    reserve: (position, length) => file.reserve(position, length),
    truncate: (length) => file.truncate(length),
    chmod: (mode) => file.chmod(mode),
    chown: (uid, gid) => file.chown(uid, gid),
    backdate: () => file.backdate(),
    stat: () => file.stat(),
    sync: () => file.sync(),
    syncData: () => file.syncData(),
    close: () => file.close(),
  };
}
