/// <reference lib="dom" />
/** The page of the inspector: it takes files, judges them, and shows the stores and the offsets. */
import type { DroppedFile } from "./dropped_file.ts";
import { stores } from "./file_role.ts";
import { filesOfDrop, filesOfInput } from "./dropped_entries.ts";
import { judgeFile, type Judgement } from "./judge_file.ts";
import { type Load, loadStore } from "./load_store.ts";
import { OffsetsView } from "./offsets_view.ts";
import { showStore } from "./store_view.ts";
import { element } from "./element.ts";

/** A store as the page shows it. */
export interface JudgedStore {
  readonly main: string;
  readonly files: readonly Judgement[];
  readonly load: Load;
}

const drop = element("drop", HTMLLabelElement);
const input = element("input", HTMLInputElement);
const status = element("status", HTMLElement);
const offsets = new OffsetsView();
const dropped = new Map<string, DroppedFile>();

async function judgeStores(): Promise<JudgedStore[]> {
  const judged: JudgedStore[] = [];
  for (const [main, placed] of stores([...dropped.values()])) {
    const files: Judgement[] = [];
    for (const each of placed) files.push(await judgeFile(each));
    judged.push({ main, files, load: await loadStore(main, placed) });
  }
  return judged.sort((a, b) => a.main < b.main ? -1 : 1);
}

async function show(): Promise<void> {
  const judged = await judgeStores();
  element("stores", HTMLElement).hidden = judged.length === 0;
  element("store-list", HTMLElement).replaceChildren(...judged.map(showStore));
  offsets.show(judged);
}

async function add(read: Promise<readonly DroppedFile[]>): Promise<void> {
  try {
    status.textContent = "Reading …";
    for (const file of await read) dropped.set(file.path, file);
    await show();
    status.textContent = "";
  } catch (error) {
    status.textContent = `Cannot read the files: ${(error as Error).message}`;
  }
}

input.addEventListener("change", async () => {
  await add(filesOfInput([...input.files ?? []]));
  // The same file can be chosen again after it has changed.
  input.value = "";
});
for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", type === "dragenter" || type === "dragover");
  });
}
document.addEventListener("drop", ({ dataTransfer }) => {
  if (dataTransfer !== null) void add(filesOfDrop(dataTransfer));
});
element("clear", HTMLButtonElement).addEventListener("click", () => {
  dropped.clear();
  void show();
});
