import { type Io, paint } from "../lib/io.ts";
import { type Finding, findingsTable } from "./check.ts";

/** The findings of a part on one broker. */
export interface Section {
  /** The part, such as `java`, or `ali-ons on node`. */
  readonly part: string;
  /** The version of the broker. */
  readonly broker: string;
  readonly findings: readonly Finding[];
}

/** The findings of a run. */
export interface Report {
  readonly sections: readonly Section[];
  /** The parts that did not run, and the reasons. */
  readonly skipped: readonly string[];
  readonly seconds: number;
}

/** Whether all findings hold. */
export function holds({ sections }: Report): boolean {
  return sections.every(({ findings }) => findings.every((finding) => finding.holds));
}

/** The report as a table for each part, and the sum. */
export function asText(report: Report, io: Io): string {
  const tables = report.sections.map(({ part, broker, findings }) =>
    `${paint(io, "bold", `${part}, RocketMQ ${broker}`)}\n${findingsTable(findings, io)}\n`
  );
  const skipped = report.skipped.map((why) => paint(io, "yellow", `skipped ${why}`) + "\n");
  const all = report.sections.flatMap(({ findings }) => findings);
  const failed = all.filter((finding) => !finding.holds).length;
  const sum = `${all.length} checks in ${report.seconds} s, ${failed} fail\n`;
  return [...tables, ...skipped, paint(io, failed === 0 ? "bold" : "red", sum)].join("");
}
