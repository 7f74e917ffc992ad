import type { Random } from "../../lib/random.ts";
import type { DiskContent } from "./disk_content.ts";
import type { DiskEvent, DiskWrite } from "./disk_log.ts";

/** A power cut, and what it takes. */
export interface PowerCut {
  /** How many of the log's events came before it. */
  readonly events: number;
  /** The length of the log by then. */
  readonly end: number;
  /** How many writes a flush has covered, so that they are there. */
  readonly durable: number;
  /** The pieces of all later writes, each of which may be there or not. */
  readonly pending: readonly DiskWrite[];
  /** Those of them that are there. */
  readonly kept: readonly DiskWrite[];
}

/** The contents that a disk may have after a power cut. */
export interface CrashState {
  /** The power cuts that leave it: the first one, and one after each later promise. */
  readonly cuts: readonly PowerCut[];
}

/** How the states of a recording are chosen. */
export interface CrashModel {
  /** Where in the log the power may be cut first. */
  readonly from: number;
  /** The size of the pieces that are written whole or not at all. */
  readonly unit: number;
  /** How many random subsets of the pending pieces are taken at a time. */
  readonly subsets: number;
  /** The part of the disk that is never torn, whatever the unit. */
  readonly whole?: { readonly begin: number; readonly end: number };
  /** The tables that may be loaded after a cut at that length of the log; equal answers mean the same. */
  readonly promisesAt: (end: number) => number;
}

/** How often the subsets are taken where no flush follows and no promise was made. */
const OFTEN = 0.15;
/** How many pending writes are left out, or kept, one by one. */
const SINGLES = 6;

/**
 * The states that power cuts may leave: what flushes have covered, and of the rest any subset.
 *
 * After each event all pending writes are kept; before each flush and at each promise there are also
 * none of them, all but one, one alone, and random subsets of their pieces. Equal contents are one
 * state. The content is advanced to the end of the log.
 */
export function crashStates(
  content: DiskContent,
  events: readonly DiskEvent[],
  model: CrashModel,
  random: Random,
): CrashState[] {
  const states = new Map<bigint, { cuts: PowerCut[]; promises: Set<number> }>();
  const pending: (readonly DiskWrite[])[] = [];
  let durable = 0;
  let lastPromises: number | undefined;
  for (let count = 0; count <= events.length; count++) {
    const event = count === 0 ? undefined : events[count - 1];
    if (event?.kind === "write") pending.push(split(event.write, model));
    if (event?.kind === "flush") {
      for (; durable < event.covers; durable++) {
        pending.shift()!.forEach((each) => content.apply(each));
      }
    }
    const end = event?.end ?? 0;
    if (end < model.from) continue;
    const pieces = pending.flat();
    const promises = model.promisesAt(end);
    const visit = (kept: readonly DiskWrite[]) => {
      const identity = content.identityWith(kept);
      const state = states.get(identity) ?? { cuts: [], promises: new Set() };
      states.set(identity, state);
      if (state.promises.has(promises)) return;
      state.promises.add(promises);
      state.cuts.push({ events: count, end, durable, pending: pieces, kept });
    };
    visit(pieces);
    const isPromise = promises !== lastPromises;
    lastPromises = promises;
    if (pieces.length === 0) continue;
    if (events[count]?.kind === "write" && !isPromise && !random.chance(OFTEN)) continue;
    subsets(pending, model.subsets, random).forEach(visit);
  }
  return [...states.values()].map(({ cuts }) => ({ cuts }));
}

function subsets(
  pending: readonly (readonly DiskWrite[])[],
  count: number,
  random: Random,
): (readonly DiskWrite[])[] {
  const found: (readonly DiskWrite[])[] = [[]];
  if (pending.length > 1) {
    for (let i = 0; i < Math.min(pending.length, SINGLES); i++) {
      const single = pending.length <= SINGLES ? i : random.below(pending.length);
      found.push(pending.filter((_, j) => j !== single).flat(), pending[single]);
    }
  }
  const pieces = pending.flat();
  if (pieces.length > 1) {
    for (let i = 0; i < count; i++) {
      const share = [0.15, 0.5, 0.85][i % 3];
      found.push(pieces.filter(() => random.chance(share)));
    }
  }
  return found;
}

/** The pieces of a write that are there or not, each by itself. */
function split({ offset, data }: DiskWrite, { unit, whole }: CrashModel): DiskWrite[] {
  const pieces: DiskWrite[] = [];
  for (let at = 0; at < data.length;) {
    let end = offset + at + unit - (offset + at) % unit;
    if (whole !== undefined && end > whole.begin && end < whole.end) end = whole.end;
    const until = Math.min(data.length, end - offset);
    pieces.push({ offset: offset + at, data: data.subarray(at, until) });
    at = until;
  }
  return pieces;
}
