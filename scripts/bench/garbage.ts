import process from "node:process";

/**
 * Collects garbage, and answers how to read the heap's size; `undefined` where garbage cannot be
 * collected on demand, or the size is not kept up to date between collections.
 */
export async function collectGarbage(): Promise<(() => number) | undefined> {
  const collect = collector();
  if (collect === undefined || process.versions.bun !== undefined) return undefined;
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return () => process.memoryUsage().heapUsed;
}

/** All that the program holds, in bytes, after what it does not hold any more was collected. */
export async function heldBytes(): Promise<number> {
  const collect = collector();
  if (collect === undefined) throw new Error("Cannot measure memory: garbage is not exposed");
  for (let i = 0; i < 4; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  // Bun counts what lies outside of the heap as if it were inside.
  return process.versions.bun === undefined ? heapUsed + external : heapUsed;
}

/** Collects what nobody holds any more, where a program may do so. */
export function sweep(): void {
  collector()?.();
}

function collector(): (() => void) | undefined {
  const { Bun, gc } = globalThis as { Bun?: { gc(sync: boolean): void }; gc?: () => void };
  return Bun === undefined ? gc : () => Bun.gc(true);
}

/** The flags with which a runtime lets a program collect garbage. */
export function garbageFlags(): readonly string[] {
  if (process.versions.bun !== undefined) return [];
  return process.versions.deno === undefined ? ["--expose-gc"] : ["--v8-flags=--expose-gc"];
}
