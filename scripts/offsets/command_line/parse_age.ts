import { quote } from "../../lib/escape.ts";
import type { Args } from "./args.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A time span on the command line, such as `7d`, in milliseconds. */
export function parseAge(args: Args, text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * UNITS[unit] * 1000;
  args.fail(`the age ${quote(text)} is not a number with a unit, such as 30m, 12h or 7d`);
}
