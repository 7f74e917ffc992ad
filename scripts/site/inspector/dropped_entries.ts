/// <reference lib="dom" />
/** Reads the files that were dropped or chosen, folders with all that is in them. */
import type { DroppedFile } from "./dropped_file.ts";

async function read(file: File, folder: string): Promise<DroppedFile> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { path: `${folder}/${file.name}`, bytes, modifiedMs: file.lastModified };
}

/** The files of a file chooser, which have no folder. */
export function filesOfInput(files: readonly File[]): Promise<DroppedFile[]> {
  return Promise.all(files.map((file) => read(file, "")));
}

/** The files of a drop. Its entries must be taken before the first pause. */
export async function filesOfDrop({ items, files }: DataTransfer): Promise<DroppedFile[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) =>
    entry !== null
  );
  if (entries.length === 0) return await filesOfInput([...files]);
  return (await Promise.all(entries.map((entry) => filesOfEntry(entry, "")))).flat();
}

async function filesOfEntry(entry: FileSystemEntry, folder: string): Promise<DroppedFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject)
    );
    return [await read(file, folder)];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const inside: DroppedFile[] = [];
  // One call answers a part of a folder; the last part is empty.
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (part.length === 0) return inside;
    for (const each of part) inside.push(...await filesOfEntry(each, `${folder}/${entry.name}`));
  }
}
