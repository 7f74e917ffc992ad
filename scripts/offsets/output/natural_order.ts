const collator = new Intl.Collator("en", { numeric: true });

/** Compares names as people order them: `10.0.0.2` comes before `10.0.0.10`. */
export function naturalOrder(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
