#!/usr/bin/env -S deno run --allow-run --allow-read=. --allow-env=NO_COLOR
/**
 * The one gate of the repository, `deno task ok`: every check in turn, one line each, and the output of a check only if
 * it fails.
 *
 * It goes on after a failure, so that one run shows all that is wrong. The exit code is 1 if anything failed. The last
 * line, `N passed, N failed`, counts the checks.
 *
 * Needed: Deno, and `npx`, which brings Bun and Node. JSR is not: only `scripts/release/release.ts` imports from it, and where it
 * cannot be reached a line says that this one file was not checked.
 *
 * @module
 */

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** What it finds in its environment besides. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the output must not match even if the exit code is 0. */
  readonly never?: RegExp;
}

interface Result {
  readonly success: boolean;
  readonly output: string;
}

const ENTRIES = ["mod.ts", "src/core/mod.ts", "src/remote/mod.ts", "src/ali_ons/mod.ts"];

const RELEASE = "scripts/release/release.ts";

const root = new URL("../", import.meta.url);
const decoder = new TextDecoder();
const coloured = Deno.stdout.isTerminal() && !Deno.env.get("NO_COLOR");
const paint = (code: number, text: string) => coloured ? `\x1b[${code}m${text}\x1b[0m` : text;

async function run(command: readonly string[], env?: Step["env"]): Promise<Result> {
  const [program, ...args] = command;
  try {
    const { success, stdout, stderr } = await new Deno.Command(program, {
      args,
      cwd: root,
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    return { success, output: decoder.decode(stdout) + decoder.decode(stderr) };
  } catch (error) {
    return { success: false, output: `Cannot run ${JSON.stringify(program)}: ${error}` };
  }
}

/** Every TypeScript file that must check without the network, that is all but the release script. */
function filesToCheck(folder: URL = root, prefix = ""): string[] {
  const files: string[] = [];
  for (const entry of Deno.readDirSync(folder)) {
    const path = prefix + entry.name;
    if (entry.isDirectory) {
      // At the top, only the folders that hold our sources: not dist or coverage.
      const isOurs = prefix !== "" || ["src", "scripts", "tests", "examples"].includes(entry.name);
      if (isOurs && entry.name !== "node_modules") {
        files.push(...filesToCheck(new URL(`${entry.name}/`, folder), `${path}/`));
      }
    } else if (entry.name.endsWith(".ts") && path !== RELEASE) {
      files.push(path);
    }
  }
  return files.sort();
}

const deno = Deno.execPath();
const task = (name: string) => [deno, "task", "--quiet", name];

/** A simulated disk is the same on every runtime: Deno does most of what takes long. */
const TINY = { TESTS: "tiny" };

const steps: Step[] = [
  { name: "format", command: [deno, "fmt", "--check"] },
  { name: "lint", command: [deno, "lint"] },
  { name: "types", command: [deno, "check", ...filesToCheck()] },
  { name: "documentation", command: [deno, "doc", "--lint", ...ENTRIES] },
  { name: "language", command: [deno, "run", "--allow-read=.", "scripts/language.ts"] },
  { name: "tests on Deno", command: task("test:deno") },
  { name: "examples in the documentation", command: task("test:doc") },
  { name: "tests on Bun", command: task("test:bun"), env: TINY },
  // Node succeeds when its pattern finds no file; Deno and Bun do not.
  { name: "tests on Node", command: task("test:node"), env: TINY, never: /^\S+ tests 0$/m },
  { name: "import from a URL", command: task("test:url") },
];

let passed = 0;
let failed = 0;

async function step({ name, command, env, never }: Step): Promise<void> {
  const { success, output } = await run(command, env);
  if (success && !never?.test(output)) {
    passed++;
    console.log(`${paint(32, "ok")}  ${name}`);
  } else {
    failed++;
    console.log(`${paint(31, "FAILED")} ${name}\n${output.trimEnd()}\n`);
  }
}

for (const each of steps) await step(each);

// The release script imports from JSR. --no-lock, because the committed lock file must not come to need JSR either.
const fetched = await run([deno, "cache", "--no-lock", RELEASE]);
if (!fetched.success && /JSR package (version )?manifest/.test(fetched.output)) {
  console.log("release.ts was not checked: JSR cannot be reached");
} else {
  await step({ name: "types of release.ts", command: [deno, "check", "--no-lock", RELEASE] });
}

console.log(`${passed} passed, ${failed} failed`);
Deno.exitCode = failed === 0 ? 0 : 1;
