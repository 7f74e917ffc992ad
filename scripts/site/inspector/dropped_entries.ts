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

/** The files of a drop. Its items must be taken before the first pause. */
export async function filesOfDrop({ items }: DataTransfer): Promise<DroppedFile[]> {
  return (await Promise.all([...items].map(filesOfItem))).flat();
}

async function filesOfItem(item: DroppedItem): Promise<DroppedFile[]> {
  const file = item.getAsFile();
  const entry = item.webkitGetAsEntry();
  if (entry === null || entry.isFile) return file === null ? [] : [await read(file, "")];
  // In a page that was opened from a disk, Chromium reads a folder only by its handle.
  const handle = await item.getAsFileSystemHandle?.();
  return handle ? await filesOfHandle(handle, "") : await filesOfEntry(entry, "");
}

/** An item of a drop; not every browser has handles. */
interface DroppedItem extends DataTransferItem {
  getAsFileSystemHandle?(): Promise<Handle | null>;
}

type Handle = FileHandle | FolderHandle;

interface FileHandle {
  readonly kind: "file";
  getFile(): Promise<File>;
}

interface FolderHandle {
  readonly kind: "directory";
  readonly name: string;
  values(): AsyncIterable<Handle>;
}

async function filesOfHandle(handle: Handle, folder: string): Promise<DroppedFile[]> {
  if (handle.kind === "file") return [await read(await handle.getFile(), folder)];
  const inside: DroppedFile[] = [];
  for await (const each of handle.values()) {
    inside.push(...await filesOfHandle(each, `${folder}/${handle.name}`));
  }
  return inside;
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
