import { quote } from "../../core/table/message_queue.ts";

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `host:port`; a host that is an IPv6 address may stand in brackets.
 *
 * @throws {RangeError} If it is none.
 */
export function parseAddress(text: string): Address {
  const [, bracketed, bare, port] = /^(?:\[([^\][\s]+)\]|([^\][\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const number = Number(port);
  if (port === undefined || number < 1 || number > 65535) {
    throw new RangeError(`Cannot use address ${quote(text)}: it is not host:port`);
  }
  return { host: bracketed ?? bare, port: number };
}
