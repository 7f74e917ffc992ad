import { type FileInfo, nodeFileSystem } from "../../../mod.ts";
import { isSameFile } from "../../../src/file/fs/file_info.ts";
import { journalOf } from "../../../src/file/paths.ts";
import { escapeJson } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import type { Io } from "../../lib/io.ts";
import { matches, type QueueFilter } from "../changing/select_queues.ts";
import { aliOnsOf, fault, readSnapshot } from "../reading/inspect_file.ts";
import { resolveMain } from "../reading/resolve_main.ts";
import { jsonEntry } from "./json_output.ts";
import { type QueueRate, RateWindow } from "./rate_window.ts";
import { Screen } from "./screen.ts";
import { watchLines } from "./watch_frame.ts";

const EVERY_MS = 1000;

/** What a watch shows. */
export interface WatchOptions {
  readonly filter: QueueFilter;
  readonly sort: string;
  readonly isJson: boolean;
}

/** Follows a file until the program ends; a file that is bad for a moment is reported, not fatal. */
export async function watch(path: string, options: WatchOptions, io: Io): Promise<number> {
  const rates = new RateWindow();
  const reader = new ChangeReader(path, options.filter, rates);
  const screen = io.isTerminal && !options.isJson ? new Screen(io) : undefined;
  let told: string | undefined;
  try {
    do {
      const changed = await reader.look(io.now());
      const { fault } = reader;
      const lines = () => watchLines(path, rates.queues(io.now()), fault, options.sort, io);
      // A terminal is redrawn every time, so that the rates sink when nothing moves; a log is not.
      if (screen !== undefined) screen.draw(lines());
      else if (changed && (fault === undefined || fault !== told)) {
        io.out(
          options.isJson ? jsonLine(io, rates, fault) : lines().join("\n") + "\n",
        );
      }
      told = fault;
      await io.flush?.();
    } while (await io.sleep(EVERY_MS));
  } finally {
    screen?.close();
  }
  return EXIT.ok;
}

/** Reads the file again only if it, or its journal, is another one than before. */
class ChangeReader {
  /** The fault of the file. */
  fault: string | undefined;
  readonly #path: string;
  readonly #filter: QueueFilter;
  readonly #rates: RateWindow;
  #seen: readonly (FileInfo | undefined)[] | undefined;

  constructor(path: string, filter: QueueFilter, rates: RateWindow) {
    this.#path = path;
    this.#filter = filter;
    this.#rates = rates;
  }

  /** Answers whether what it shows is another one. */
  async look(now: number): Promise<boolean> {
    const real = await resolveMain(this.#path);
    const seen = await Promise.all(
      [real, journalOf(real)].map((path) => nodeFileSystem.stat(path).catch(() => undefined)),
    );
    if (this.#seen?.every((each, i) => isSameFile(each, seen[i]))) return false;
    this.#seen = seen;
    const found = await readSnapshot(this.#path);
    const file = found.state === "valid" ? found : aliOnsOf(found);
    this.fault = file === undefined ? fault(found) : undefined;
    if (file === undefined) return true;
    const entries = [...file.table].filter(([mq]) => matches(mq, this.#filter));
    return this.#rates.add(now, entries);
  }
}

function jsonLine(io: Io, rates: RateWindow, fault: string | undefined): string {
  const at = new Date(io.now()).toISOString();
  const toJson = ({ mq, offset, rate }: QueueRate) => ({
    ...jsonEntry([mq, offset]),
    rate: rate ?? null,
  });
  const offsets = fault === undefined ? rates.queues(io.now()).map(toJson) : [];
  return escapeJson(JSON.stringify({ command: "show", at, fault: fault ?? null, offsets })) + "\n";
}
