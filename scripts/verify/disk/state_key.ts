import { type Ino, ROOT, type SimulatedDisk } from "./simulated_disk.ts";
import { keyOf } from "./power_cuts.ts";

/**
 * A short key, equal for disks that no program could tell apart once all processes have ended:
 * inodes, times and unique names count only by their order, and the doubt about a directory's entry
 * not at all, since the next process's fsync of it counts.
 */
export function stateKey(disk: SimulatedDisk, context: string): string {
  const inos = reachable(disk);
  const rank = new Map(inos.map((ino, i) => [ino, i]));
  const mtimes = inos.flatMap((ino) => {
    const node = disk.nodes.get(ino)!;
    return node.kind === "file" ? [node.mtime] : [];
  }).sort((a, b) => a - b);
  const parts = [context];
  const list = (entries: Map<string, Ino>) =>
    [...entries].sort().map(([name, ino]) => `${name}=${rank.get(ino)}`).join();
  for (const ino of inos) {
    const node = disk.nodes.get(ino)!;
    parts.push(`${node.mode} ${node.uid} ${node.gid}`);
    if (node.kind === "directory") {
      parts.push(list(node.entries), list(node.stable));
    } else {
      parts.push(String(mtimes.indexOf(node.mtime)), contentOf(node.data), contentOf(node.stable));
      for (const change of node.pending) {
        parts.push(
          change.doubtful ? "?" : "!",
          change.kind === "block"
            ? `${change.at}:${contentOf(change.bytes)}`
            : `cut ${change.length}`,
        );
      }
    }
  }
  for (const { doubtful, maker, entries } of disk.pending) {
    parts.push(
      doubtful && maker === undefined ? "?" : "!",
      ...entries.map(({ directory, name, ino }) =>
        `${rank.get(directory)}/${name}=${ino === undefined ? "" : rank.get(ino)}`
      ),
    );
  }
  return hash(withRankedNames(parts.join("\n")));
}

const contents = new Map<string, string>();
const contentsByBytes = new WeakMap<Uint8Array, string>();

/**
 * A short name of what bytes hold, the same in every thread: their keys are compared. The contents
 * are few, and the arrays are never changed.
 */
function contentOf(bytes: Uint8Array): string {
  let content = contentsByBytes.get(bytes);
  if (content !== undefined) return content;
  const key = keyOf(bytes);
  content = contents.get(key);
  if (content === undefined) contents.set(key, content = hash(key));
  contentsByBytes.set(bytes, content);
  return content;
}

function reachable(disk: SimulatedDisk): Ino[] {
  const found = new Set<Ino>();
  const visit = (ino: Ino) => {
    if (found.has(ino)) return;
    found.add(ino);
    const node = disk.nodes.get(ino)!;
    if (node.kind === "file") return;
    for (const entries of [node.entries, node.stable]) {
      for (const [, child] of [...entries].sort()) visit(child);
    }
  };
  visit(ROOT);
  for (const { entries } of disk.pending) {
    for (const { ino } of entries) if (ino !== undefined) visit(ino);
  }
  return [...found];
}

const UNIQUE = /\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{8}/g;

function withRankedNames(text: string): string {
  const numbers = [...new Set(text.match(UNIQUE))].sort();
  return text.replace(UNIQUE, (number) => String(numbers.indexOf(number)));
}

/** 106 bits: two states out of ten million collide with a chance of one in 10^18. */
function hash(text: string): string {
  let [a, b, c, d] = [0x9e3779b1, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x5bd1e995) + a | 0;
    c = Math.imul(c + code, 0x1b873593) ^ (b >>> 15);
    d = Math.imul(d ^ code, 0xcc9e2d51) + (c >>> 13) | 0;
  }
  return String.fromCharCode(...[a, b, c, d].flatMap((x) => [x >>> 16 & 0xffff, x & 0xffff]));
}
