/** An error as `node:fs` makes it. */
export function systemError(code: string, call: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${call} "${path}"`), { code, syscall: call, path });
}
