/** Is loaded before a test file, and at the end writes down which mutants it has reached. */
import { writeFileSync } from "node:fs";
import process from "node:process";

interface Instrumented {
  readonly __stryker__?: { readonly mutantCoverage?: { readonly static: Record<string, number> } };
}

process.on("exit", () => {
  const { __stryker__ } = globalThis as Instrumented;
  const reached = Object.keys(__stryker__?.mutantCoverage?.static ?? {});
  writeFileSync(process.env.REACHED_FILE!, JSON.stringify(reached));
});
