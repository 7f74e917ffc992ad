#!/usr/bin/env -S deno run -A
/**
 * The real clients of RocketMQ, `deno task interop`: builds drivers around them, hands files over
 * in both directions, and holds them and our own store against the specification.
 *
 * @module
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import process from "node:process";
import { build, type Built } from "./interop/build.ts";
import { conformance, ownCommand, reportPage } from "./interop/conformance.ts";
import { checkFiles } from "./interop/file_checks.ts";
import { writeFixtures, writeFixtureTables } from "./interop/fixtures.ts";
import { disagrees, fileTable, matrix, type Outcome } from "./interop/matrix.ts";
import { OPTIONS, type Options, optionsOf } from "./interop/options.ts";
import { Steps } from "./interop/steps.ts";
import { sampleTables } from "./interop/tables.ts";
import { EXIT } from "./lib/exit_code.ts";
import { type Io, paint, printJsonLine } from "./lib/io.ts";
import { processIo } from "./lib/process_io.ts";
import { runTask, type Task } from "./lib/task.ts";

/** The name of our own store in the matrix. */
const OWN = "offsetstore";

const TASK: Task<typeof OPTIONS> = {
  name: "interop",
  action: "run",
  summary: `Builds drivers around the real clients of RocketMQ, hands files over in both directions,
and holds each client, and our own store, against the specification with the conformance kit.`,
  usage: ["[options] [files] [kit]"],
  options: OPTIONS,
  details: `The parts are files (the files that are handed over) and kit (the specification); both
by default. A client whose toolchain (go; a JDK and Maven; cargo) is not installed is named and
skipped. The drivers' dependencies come from the toolchains' own registries.`,
  examples: [
    "",
    "files --clients go-2.1.2,java-5.5.0 --tables 1000",
    "kit --only P7,L2 --html matrix.html",
  ],
  exitCodes:
    "0 our own store holds everything and the files agree, whatever is found of the others, " +
    "1 something does not, 3 a driver cannot be built or run",
  takes: "operands",
  run: (values, io, operands) => run(optionsOf(values, operands), io),
};

/** Runs the parts and returns the exit code. */
export const main = (argv: readonly string[], io: Io): Promise<number> => runTask(TASK, argv, io);

async function run(options: Options, io: Io): Promise<number> {
  const { clients, parts, fixtures, json, html } = options;
  const folder = resolve(options.folder);
  await mkdir(folder, { recursive: true });
  const each = fixtures ? 1 : parts.length;
  const own = parts.includes("kit") && !fixtures;
  const steps = new Steps(io, clients.length * (1 + each) + (own ? 1 : 0));
  const built: Built[] = [];
  for (const client of clients) {
    steps.begin(`build ${client.id}`);
    built.push(await build(client, folder));
  }
  if (fixtures) return await renewFixtures(built, folder, steps, io);

  const seed = options.seed ?? io.now() % 1_000_000_000;
  const outcomes: Outcome[] = [];
  if (own) outcomes.push(await holdOwn(options, seed, folder, steps));
  for (const each of built) outcomes.push(await check(each, options, seed, folder, steps));
  steps.clear();
  if (html !== undefined) {
    const reported = outcomes.filter(({ report }) => report !== undefined);
    await reportPage(reported.map(({ id }) => reportFile(folder, id)), html);
  }
  if (json) printJsonLine(io, { seed, clients: outcomes });
  else io.out(`${told(outcomes, options, io)}Seed ${seed}.\n`);
  return exitCode(outcomes, options);
}

const reportFile = (folder: string, id: string) => join(folder, `${id}.report.json`);

async function holdOwn(
  options: Options,
  seed: number,
  folder: string,
  steps: Steps,
): Promise<Outcome> {
  steps.begin(`kit ${OWN}`);
  try {
    const report = await conformance(
      ownCommand(),
      { ...options, seed },
      reportFile(folder, OWN),
    );
    return { id: OWN, state: "checked", report };
  } catch (error) {
    return { id: OWN, state: "failed", why: (error as Error).message };
  }
}

/** Both parts for one client, as far as it could be built. */
async function check(
  built: Built,
  options: Options,
  seed: number,
  folder: string,
  steps: Steps,
): Promise<Outcome> {
  const { client } = built;
  const { id } = client;
  if (!built.ok) return { id, state: built.skipped ? "skipped" : "failed", why: built.why };
  const command = client.command(folder);
  let outcome: Outcome = { id, state: "checked" };
  try {
    if (options.parts.includes("files")) {
      steps.begin(`files ${id}`);
      const tables = sampleTables(options.tables, seed);
      let done = 0;
      const onTable = () => steps.part(++done, tables.length);
      outcome = { ...outcome, files: await checkFiles(client, command, tables, onTable) };
    }
    if (options.parts.includes("kit")) {
      steps.begin(`kit ${id}`);
      const report = await conformance(command, { ...options, seed }, reportFile(folder, id));
      outcome = { ...outcome, report };
    }
  } catch (error) {
    return { ...outcome, state: "failed", why: (error as Error).message };
  }
  return outcome;
}

async function renewFixtures(
  built: readonly Built[],
  folder: string,
  steps: Steps,
  io: Io,
): Promise<number> {
  const tables = await writeFixtureTables();
  let code: number = EXIT.ok;
  for (const each of built) {
    const { id } = each.client;
    steps.begin(`fixtures ${id}`);
    if (each.ok) await writeFixtures(each.client, each.client.command(folder), tables);
    else {
      io.err(paint(io, "red", `${id}: ${each.why}`) + "\n");
      code = EXIT.failure;
    }
  }
  steps.clear();
  return code;
}

/** The tables, the faults, and a line for each client that was not checked. */
function told(outcomes: readonly Outcome[], { clients }: Options, io: Io): string {
  const faults = outcomes.flatMap(({ id, files = [] }) => {
    const client = clients.find((each) => each.id === id)!;
    return files.filter((check) => disagrees(check, client))
      .map((check) => paint(io, "red", `${id}, ${check.id}: ${check.fault}`) + "\n");
  });
  const others = outcomes.filter(({ state }) => state !== "checked").map(({ id, state, why }) =>
    paint(io, state === "failed" ? "red" : "yellow", `${id} ${state}: ${why}`) + "\n"
  );
  const tables = [fileTable(outcomes, clients, io), matrix(outcomes, io)];
  return [...tables, faults.join(""), others.join("")].filter((part) => part !== "").join("\n");
}

function exitCode(outcomes: readonly Outcome[], { clients }: Options): number {
  if (outcomes.some(({ state }) => state === "failed")) return EXIT.failure;
  const own = outcomes.find(({ id }) => id === OWN);
  if (own?.report?.results.some(({ state }) => state === "fails" || state === "vacuous")) {
    return EXIT.finding;
  }
  const isWrong = outcomes.some(({ id, files = [] }) => {
    const client = clients.find((each) => each.id === id)!;
    return files.some((check) => disagrees(check, client));
  });
  return isWrong ? EXIT.finding : EXIT.ok;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
