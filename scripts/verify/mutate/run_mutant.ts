/**
 * The command that Stryker runs, on Bun, for each mutant, in its instrumented copy of the
 * repository: it fails if a test does, that is if the mutant is killed.
 *
 * Without a mutant it surveys the test files. With one, only those that reach it are run: first the
 * ones that have killed most mutants of the same source file in least time, and last, by
 * themselves, those that take long.
 *
 * Usage: bun scripts/verify/mutate/run_mutant.ts TEST-FOLDER…
 *
 * `MUTATE_QUICK=1` leaves all folders but the first alone; `MUTATE_TESTS` names the only file.
 */
import process from "node:process";
import { HUNG } from "./hung.ts";
import { Kills, sourceOf } from "./kills.ts";
import { survey, type Surveyed, whoReaches } from "./survey.ts";
import { runTests, testFiles } from "./test_files.ts";

/** A test file that takes longer waits for the others. */
const QUICK_MS = 1500;

/** So long a silence, or so many times that of the longest test, is that of an endless loop. */
const SILENCE_MS = 5000;
const SILENCE_FACTOR = 8;

async function kills(mutant: string): Promise<string | undefined> {
  const [source, tests, known] = [
    await sourceOf(mutant),
    await whoReaches(mutant),
    await Kills.read(),
  ];
  // A test file without a kill counts for half a kill, so that quick ones are tried early.
  const rate = ({ file, ms }: Surveyed) => (known.count(source, file) + 0.5) / ms;
  const ordered = tests.sort((a, b) => rate(b) - rate(a));
  const isQuick = ({ ms }: Surveyed) => ms <= QUICK_MS;
  for (const group of [ordered.filter(isQuick), ordered.filter((test) => !isQuick(test))]) {
    if (group.length === 0) continue;
    const longest = Math.max(...group.map(({ longest }) => longest));
    const silence = Math.max(SILENCE_MS, SILENCE_FACTOR * longest);
    const { end, output } = await runTests(group.map(({ file }) => file), silence);
    if (end === "passed") continue;
    const killer = [...output.matchAll(/^(tests\/\S+_test\.ts):$/gm)].at(-1)?.[1];
    if (killer !== undefined) await Kills.add(source, killer);
    return end === "hung" ? `${HUNG}\n${output}` : output;
  }
  return undefined;
}

const mutant = process.env.__STRYKER_ACTIVE_MUTANT__;
if (mutant === undefined) {
  const folders = process.argv.slice(2);
  const files = process.env.MUTATE_TESTS
    ? [process.env.MUTATE_TESTS]
    : await testFiles(process.env.MUTATE_QUICK ? folders.slice(0, 1) : folders);
  await survey(files);
} else {
  // A failure of this program is no kill.
  const output = await kills(mutant).catch(() => undefined);
  if (output !== undefined) {
    console.log(output);
    process.exitCode = 1;
  }
}
