import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";

/** Whether to print which assertion fails. */
const SHOW = process.env.KNOWN_FAULTS === "show";

/**
 * A test of a behaviour that is right and that the store does not have yet: it passes only while an
 * assertion in it fails. Any other error fails it, so that a mistake in a test is not taken for the
 * fault. Once the fault is fixed, the test fails until it is made a plain one.
 */
export function knownFault(
  name: string,
  fn: () => Promise<void>,
  { skip = false }: { readonly skip?: string | false } = {},
): void {
  test(name, { skip }, async () => {
    const failure: unknown = await fn().then(() => undefined, (error) => error);
    assert.notEqual(failure, undefined, "fixed: remove knownFault");
    if (!(failure instanceof assert.AssertionError)) throw failure;
    if (SHOW) console.log(`${name}\n    ${failure.message.replaceAll("\n", "\n    ")}`);
  });
}
