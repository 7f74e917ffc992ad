import { test } from "node:test";
export function knownFault(
  name: string,
  fn: () => Promise<void>,
  { skip = false }: { readonly skip?: string | false } = {},
): void {
  test(name, { skip }, fn);
}
