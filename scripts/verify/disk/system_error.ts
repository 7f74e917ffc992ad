/**
 * Makes an error like those of `node:fs`. It has no stack: a tenth of the time of an exploration would
 * go into stacks that nobody reads.
 */
export function systemError(code: string, call: string, path: string): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const error = new Error(`${code}: ${call} "${path}"`);
  Error.stackTraceLimit = stackTraceLimit;
  return Object.assign(error, { code, syscall: call, path });
}
