import fc from "fast-check";
import { OffsetTable } from "../../src/core/mod.ts";
import {
  EDGE_NAMES,
  EDGE_OFFSETS,
  type Entry,
  INT32_MAX,
  INT32_MIN,
  messageQueue,
  offset,
} from "../lib/arbitraries.ts";

/** Every special name as a topic and as a broker name, with every offset that is an edge. */
const EDGES: readonly Entry[] = EDGE_NAMES.flatMap((name, index): Entry[] => {
  const at = (shift: number) => EDGE_OFFSETS[(index + shift) % EDGE_OFFSETS.length];
  return [
    [{ topic: name, brokerName: "broker", queueId: INT32_MAX - index }, at(0)],
    [{ topic: "topic", brokerName: name, queueId: INT32_MIN + index }, at(7)],
  ];
});

const table = fc.array(fc.tuple(messageQueue, offset), { minLength: 1, maxLength: 12 })
  .map((entries) => OffsetTable.from(entries))
  // A client that reads nothing answers −1 as well.
  .filter((table) => [...table].some(([, offset]) => offset !== -1n));

/**
 * The tables that go through the files: all special names and offsets in one, and generated ones.
 *
 * The same for the same seed. None is empty: no client writes a file without a queue.
 */
export function sampleTables(count: number, seed: number): OffsetTable[] {
  const generated = fc.sample(table, { numRuns: Math.max(count - 1, 0), seed });
  return [OffsetTable.from(EDGES), ...generated].slice(0, count);
}
