import process from "node:process";

/**
 * How much the tests do of what takes long: crashes, failing calls, races, fuzzing.
 *
 * - `tiny`: as little as shows anything, for `deno task test` and for programs that run them often;
 * - `short`: for `deno task ok`, and unless the environment variable `TESTS` says otherwise;
 * - `long`: several times as much, on request.
 *
 * The tasks that `deno task verify` lists do all of it.
 */
export type Length = "tiny" | "short" | "long";

const LENGTHS: readonly Length[] = ["tiny", "short", "long"];

/** The length of this run. */
export const LENGTH: Length = lengthOf(process.env.TESTS || "short");

function lengthOf(value: string): Length {
  const found = LENGTHS.find((each) => each === value);
  if (found !== undefined) return found;
  throw new RangeError(
    `Cannot use TESTS ${JSON.stringify(value)}: it is none of ${LENGTHS.join(", ")}`,
  );
}

/** The choice for the length of this run. */
export function byLength<T>(choices: Readonly<Record<Length, T>>): T {
  return choices[LENGTH];
}
