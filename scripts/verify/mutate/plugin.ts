/** The plugin that gives Stryker our test runner. It runs on Node. */
import { registerHooks } from "node:module";
import { TestRunner } from "./test_runner.ts";

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "node:test"
      ? { url: import.meta.resolve("./collected_tests.ts"), shortCircuit: true }
      : next(specifier, context),
});

export const strykerPlugins = [
  { kind: "TestRunner", name: "in-process", factory: () => new TestRunner() },
];
