/**
 * The part of `deno task e2e` in the namespace of the brokers. Its argument is the plan as JSON.
 *
 * @module
 */
import process from "node:process";
import { endWithParent } from "../broker/inside_namespace.ts";
import { downloadJars } from "../broker/jars.ts";
import { type RealBroker, withBroker } from "../broker/with_broker.ts";
import { EXIT } from "../lib/exit_code.ts";
import { type Io, paint, printJsonLine } from "../lib/io.ts";
import { processIo } from "../lib/process_io.ts";
import { checkAliOns } from "./ali_ons.ts";
import { checkClient } from "./broadcasting/checks.ts";
import { goClient, javaClient } from "./broadcasting/client.ts";
import { Checks } from "./check.ts";
import type { Plan } from "./plan.ts";
import { checkRemote, checkRemoteAccess } from "./remote.ts";
import { asText, holds, type Report, type Section } from "./report.ts";

/** Runs the parts of a plan on each broker. */
async function runPlan(plan: Plan, io: Io): Promise<Report> {
  const began = performance.now();
  const sections: Section[] = [];
  for (const [i, version] of plan.versions.entries()) {
    const jars = await downloadJars(plan.cache, version);
    const section = async (part: string, look: (checks: Checks) => Promise<void>) => {
      const checks = new Checks(io, `${version} ${part}`);
      sections.push({ part, broker: version, findings: checks.findings });
      await look(checks).catch((error) => checks.run("the rest", () => Promise.reject(error)));
    };
    io.err(`${version}: start the name server and the broker\n`);
    await withBroker({ version, jars }, (broker) => runParts(plan, broker, i === 0, section));
    if (!plan.parts.includes("remote") || plan.slice) continue;
    await section("remote, with access control", (checks) => {
      return checkRemoteAccess(checks, version, jars);
    });
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  return { sections, skipped: plan.skipped, seconds };
}

/** The parts on one broker; the consumers of ali-ons and Go are looked at on the first one. */
async function runParts(
  { parts, runtimes, goConsumer, slice }: Plan,
  broker: RealBroker,
  isFirst: boolean,
  section: (part: string, look: (checks: Checks) => Promise<void>) => Promise<void>,
): Promise<void> {
  if (isFirst && parts.includes("ali-ons")) {
    for (const [i, runtime] of runtimes.entries()) {
      // Its own store is the same code on each runtime.
      const withOwn = i === 0 && !slice;
      await section(`ali-ons on ${runtime.name}`, (checks) => {
        return checkAliOns(checks, broker, runtime, { slice, withOwn });
      });
    }
  }
  if (isFirst && parts.includes("go")) {
    const client = goClient(broker, goConsumer);
    await section("go", (checks) => checkClient(checks, broker, client));
  }
  if (parts.includes("java")) {
    await section("java", (checks) => checkClient(checks, broker, javaClient(broker)));
  }
  // It kills the broker.
  if (parts.includes("remote")) {
    await section("remote", (checks) => checkRemote(checks, broker, slice));
  }
}

async function main(plan: Plan, io: Io): Promise<number> {
  try {
    const report = await runPlan(plan, io);
    if (plan.json) printJsonLine(io, report);
    else io.out(asText(report, io));
    return holds(report) ? EXIT.ok : EXIT.finding;
  } catch (error) {
    io.err(paint(io, "red", (error as Error).message) + "\n");
    return EXIT.failure;
  }
}

if (import.meta.main) {
  endWithParent();
  process.exit(await main(JSON.parse(process.argv[2]), processIo()));
}
