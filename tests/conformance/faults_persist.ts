/** Faults of persists and of the layout, each under the name of the clause that it breaks. */
import { copyFile, mkdir, open, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { serialize } from "../../mod.ts";
import { store } from "./driver.ts";
import { afterwards, BROKEN, type Fault, OK, rewriting, unlessMissing } from "./fault.ts";

export const PERSIST_FAULTS: Record<string, Fault> = {
  P1: {
    persist: (honest, request) =>
      honest.persists % 2 === 0 ? Promise.resolve(OK) : honest.next(request),
  },
  "P1.fresh": {
    async persist(honest, request) {
      if (await unlessMissing(readdir(dirname(honest.main))) === undefined) return BROKEN;
      return honest.next(request);
    },
  },
  "P1.named": {
    persist: (honest, request) =>
      request.mqs === undefined ? honest.next(request) : Promise.resolve(OK),
  },
  "P1.none": { persist: (honest) => honest.next({ op: "persist" }) },
  P2: {
    persist: (honest, request) =>
      honest.persists === 1 ? Promise.resolve(OK) : honest.next(request),
  },
  // All these drivers are relaxed: they sync nothing.
  "P2.synced": {},
  P3: {
    async persist(honest, request) {
      await unlessMissing(honest.files.unlink(`${honest.main}.bak`));
      await unlessMissing(honest.files.unlink(honest.main));
      const next = `${honest.main}.new`;
      await mkdir(dirname(next), { recursive: true });
      await writeFile(next, serialize(store!.snapshot()));
      await honest.files.rename(next, honest.main);
      return request.mqs === undefined ? OK : BROKEN;
    },
  },
  "P3.twice": {
    async persist({ main }) {
      await mkdir(dirname(main), { recursive: true });
      await unlessMissing(copyFile(main, `${main}.bak`));
      // Bun's writeFile writes first and truncates a longer file afterwards.
      const file = await open(main, "w");
      await file.writeFile(serialize(store!.snapshot()));
      await file.close();
      return OK;
    },
  },
  P4: {
    persist: async (honest, request) => {
      await honest.next(request);
      return OK;
    },
  },
  "P4.old": {
    async persist(honest, request) {
      const answer = await honest.next(request);
      if (!answer.ok) {
        for (const suffix of ["", ".bak"]) {
          await writeFile(honest.main + suffix, "");
        }
      }
      return answer;
    },
  },
  "P4.next": {
    persist: (honest, request) => honest.failed ? Promise.resolve(BROKEN) : honest.next(request),
  },
  "P4.bad-files": {
    persist: async (honest, request) => {
      const answer = await honest.next(request);
      return answer.error === "conflict" ? OK : answer;
    },
  },
  P5: {
    persist: (honest, request) => honest.persists > 2 ? Promise.resolve(OK) : honest.next(request),
  },
  P6: rewriting((written) => written),
  P7: afterwards((main) => unlessMissing(copyFile(main, `${main}.bak`))),
  "P7.bad-main": {
    async persist(honest, request) {
      await unlessMissing(copyFile(honest.main, `${honest.main}.bak`));
      return honest.next(request);
    },
  },
  P8: afterwards((main) => writeFile(`${main}.${Math.random()}`, "")),
  "P8.foreign": {
    async open(honest, request) {
      const names = await unlessMissing(readdir(dirname(honest.main))) ?? [];
      for (const name of names) {
        if (!name.startsWith("offset.json")) {
          await honest.files.unlink(join(dirname(honest.main), name));
        }
      }
      return honest.next(request);
    },
  },
  P9: {
    async persist(honest, request) {
      const answer = await honest.next(request);
      if (answer.error !== "conflict") return answer;
      await writeFile(honest.main, serialize(store!.snapshot()));
      return OK;
    },
  },
  G1: {
    open: (honest, { clientId, group, ...request }) =>
      honest.next({ ...request, clientId: group, group: clientId }),
  },
  "G1.name": afterwards((main, files) =>
    unlessMissing(files.rename(main, join(dirname(main), "offsets.json")))
  ),
  "G1.apart": {
    open: (honest, request) => honest.next({ ...request, group: "group" }),
  },
};
