import { readdir, stat } from "node:fs/promises";

/** Tests that cannot be used. */
const UNFIT = [
  // Asserts that every kind of answer was met, which takes all of its cases.
  "tests/crash/simulated_matches_real_test.ts",
];

/** The test files in folders; a file stands for itself. */
export async function testFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    if ((await stat(path)).isFile()) {
      files.push(path);
      continue;
    }
    const names = (await readdir(path, { recursive: true })).sort();
    const tests = names.filter((name) => name.endsWith("_test.ts"));
    files.push(...tests.map((name) => `${path}/${name.replaceAll("\\", "/")}`));
  }
  return files.filter((file) => !UNFIT.includes(file));
}
