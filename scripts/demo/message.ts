import type { Offset } from "../../mod.ts";

/** What the consumer tells the demo, a line each; the offsets are in the order of `QUEUES`. */
export type Message =
  /** It has opened its store: what it found there. */
  | { readonly kind: "found"; readonly offsets: readonly Offset[] }
  /** A persist has resolved: what is now acknowledged. */
  | { readonly kind: "acknowledged"; readonly offsets: readonly Offset[] };

/** The message as a line. */
export function formatMessage({ kind, offsets }: Message): string {
  return `${kind} ${offsets.join(" ")}\n`;
}

/** Reads a line back. */
export function parseMessage(line: string): Message {
  const [kind, ...offsets] = line.split(" ");
  if (kind !== "found" && kind !== "acknowledged") {
    throw new SyntaxError(`Cannot read what the consumer says: ${JSON.stringify(line)}`);
  }
  return { kind, offsets: offsets.map(BigInt) };
}
