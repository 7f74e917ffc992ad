/** Two clocks of one network differ by less. */
const SKEW_MS = 5000;

/**
 * A time span in one unit, as short as it gets: `12s`, `5m`, `3h`, `2d`; with a minus sign for a time
 * that is yet to come.
 */
export function formatAge(ms: number): string {
  if (ms < -SKEW_MS) return `-${formatAge(-ms)}`;
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** How old a file is, in words: `5m old`; a clock was wrong if it is from the future. */
export function describeAge(ms: number): string {
  return describe(ms, (age) => `${age} old`);
}

/** When a file was written, in words: `written 5m ago`. */
export function describeWrite(ms: number): string {
  return describe(ms, (age) => `written ${age} ago`);
}

function describe(ms: number, past: (age: string) => string): string {
  const age = formatAge(ms);
  return age.startsWith("-") ? `dated ${age.slice(1)} in the future` : past(age);
}
