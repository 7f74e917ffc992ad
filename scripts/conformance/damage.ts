import type { Arbitrary } from "fast-check";
import { fc } from "../lib/fast_check.ts";

/** A way in which a file is bad; `at` is a share of its length, in thousandths. */
export interface Damage {
  readonly kind: keyof typeof KINDS;
  readonly at: number;
}

type Spoil = (bytes: Uint8Array, at: number) => Uint8Array;

const encode = (text: string) => new TextEncoder().encode(text);

/** Cut so that at least the last byte is missing, and at least one is left. */
const cut = (bytes: Uint8Array, at: number) =>
  bytes.subarray(0, Math.max(1, Math.min(bytes.length - 1, Math.floor(bytes.length * at / 1000))));

const join = (a: Uint8Array, b: Uint8Array) => {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
};

const KINDS = {
  "is emptied": () => new Uint8Array(),
  "is truncated": cut,
  "is overwritten with NULs": (bytes) => new Uint8Array(Math.max(bytes.length, 1)),
  "has a tail of NULs": (bytes, at) => {
    const head = cut(bytes, at);
    return join(head, new Uint8Array(bytes.length - head.length));
  },
  "is overwritten with garbage": (bytes) => new Uint8Array(Math.max(bytes.length, 1)).fill(0xa7),
  "is continued with garbage": (bytes) => join(bytes, encode('":{]]')),
} satisfies Record<string, Spoil>;

/** Any way for a file to be bad, simplest first. */
export const damage: Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom(...Object.keys(KINDS) as (keyof typeof KINDS)[]),
  at: fc.nat(999),
});

/** Damage that leaves some bytes, which are evidence. */
export const visibleDamage: Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom(
    ...Object.keys(KINDS).slice(1) as (keyof typeof KINDS)[],
  ),
  at: fc.nat(999),
});

/** The bytes of the file after the damage. */
export function spoil({ kind, at }: Damage, bytes: Uint8Array): Uint8Array {
  return KINDS[kind](bytes, at);
}
