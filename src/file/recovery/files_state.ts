import type { Journal, Main } from "../../core/files_state.ts";
import type { Generation } from "../../core/format/generation.ts";
import type { FileInfo } from "../fs/file_info.ts";
import type { Choice, StoreFiles } from "./choose_source.ts";
import type { FileAge, SnapshotFile } from "./read_snapshot.ts";
import type { RelatedJournal } from "./replay.ts";

/** Makes the state that the rules of a commit need of the files that were read. */
export function stateOfFiles(
  { files: { main }, outcome, source, journal }:
    & Pick<Choice, "outcome" | "source" | "journal">
    & { readonly files: Pick<StoreFiles, "main"> },
): { readonly main: Main<FileInfo>; readonly journal: Journal<FileInfo> } {
  const generation = source?.generation;
  return { main: stateOfMain(main, outcome, generation), journal: stateOfJournal(journal) };
}

function stateOfMain(
  main: SnapshotFile,
  outcome: Choice["outcome"],
  generation: Generation | undefined,
): Main<FileInfo> {
  switch (main.is) {
    case "missing":
      return outcome === "fresh" ? { is: "missing" } : { is: "lost", generation };
    case "valid": {
      // A table that was recovered is not the one of main: the next commit must write it.
      const is = outcome === "recovered" ? "uncertain" : "valid";
      return { is, identities: certain(main.info, main.age), generation };
    }
    case "bad": {
      const { info, age } = main;
      const content = info?.size === 0 ? "worthless" : "kept";
      return { is: "bad", identities: certain(info, age), content, generation };
    }
  }
}

function stateOfJournal(journal: RelatedJournal | undefined): Journal<FileInfo> {
  if (journal === undefined) return { is: "absent" };
  const { file, relation } = journal;
  if (relation === "leftover") return { is: "leftover", identity: file.info };
  const identities = certain(file.info, file.age);
  if (relation === "foreign") return { is: "foreign", identities };
  const generation = file.is === "readable" ? file.content.header?.generation : undefined;
  return { is: "found", identities, generation };
}

/** The identities that are certain. A young file has none: its next change might not show. */
function certain(info: FileInfo | undefined, age: FileAge): FileInfo[] {
  return info === undefined || age === "young" ? [] : [info];
}
