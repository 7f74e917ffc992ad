import type { ConnectionOptions } from "node:tls";
import { checkNames } from "../core/check_names.ts";
import { quote } from "../core/table/message_queue.ts";
import type { Credentials, RemoteOptions, TlsSettings } from "./options.ts";
import { checkName } from "./check_queue.ts";
import { parseAddress } from "./protocol/address.ts";

/** The options with their defaults. */
export interface Settings {
  readonly group: string;
  readonly nameServers: readonly string[];
  readonly oneWay: boolean;
  readonly parallel: number;
  readonly timeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly maxFrameBytes: number;
  readonly credentials: Credentials | undefined;
  readonly tls: ConnectionOptions | undefined;
}

const INT32_MAX = 2 ** 31 - 1;

const INTEGERS = {
  parallel: { otherwise: 16, min: 1, max: 1024 },
  timeoutMs: { otherwise: 10_000, min: 1, max: INT32_MAX },
  requestTimeoutMs: { otherwise: 3000, min: 1, max: INT32_MAX },
  maxFrameBytes: { otherwise: 16 * 1024 * 1024, min: 1024, max: INT32_MAX },
} as const;

const KNOWN = ["group", "nameServers", "oneWay", ...Object.keys(INTEGERS), "credentials", "tls"];
const CREDENTIALS = ["accessKey", "secretKey", "securityToken"];
const TLS = ["ca", "cert", "key", "serverName", "verify"];

/**
 * Refuses options that a caller without a type checker might pass, and adds the defaults.
 *
 * @throws {TypeError} If an option is unknown or of the wrong type.
 * @throws {RangeError} If a number is out of its range, or an address is none.
 */
export function checkOptions(options: RemoteOptions): Settings {
  checkMembers("options", options, KNOWN);
  checkName("group", options.group);
  return {
    group: options.group,
    nameServers: checkNameServers(options.nameServers),
    oneWay: checkBoolean("oneWay", options.oneWay, false),
    parallel: checkInteger("parallel", options.parallel),
    timeoutMs: checkInteger("timeoutMs", options.timeoutMs),
    requestTimeoutMs: checkInteger("requestTimeoutMs", options.requestTimeoutMs),
    maxFrameBytes: checkInteger("maxFrameBytes", options.maxFrameBytes),
    credentials: checkCredentials(options.credentials),
    tls: checkTls(options.tls),
  };
}

function checkMembers(what: string, value: object, known: readonly string[]): void {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`Cannot use ${what} ${quote(value)}: it is no object`);
  }
  checkNames(what === "options" ? "option" : `${what} option`, value, known);
}

function checkNameServers(value: readonly string[]): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new TypeError(`Cannot use nameServers ${quote(value)}: it is no list of addresses`);
  }
  for (const each of value) parseAddress(each);
  return [...new Set(value)];
}

function checkBoolean(name: string, value: unknown, otherwise: boolean): boolean {
  if (value === undefined) return otherwise;
  if (typeof value === "boolean") return value;
  throw new TypeError(`Cannot use ${name} ${quote(value)}: it is no boolean`);
}

function checkInteger(name: keyof typeof INTEGERS, value: number | undefined): number {
  const { otherwise, min, max } = INTEGERS[name];
  if (value === undefined) return otherwise;
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(
    `Cannot use ${name} ${quote(value)}: it is not an integer from ${min} to ${max}`,
  );
}

function checkText(name: string, value: unknown): void {
  if (typeof value === "string" && value !== "") return;
  // The value may be a secret.
  throw new TypeError(`Cannot use ${name}: it is ${value === "" ? "empty" : "no string"}`);
}

function checkCredentials(value: Credentials | undefined): Credentials | undefined {
  if (value === undefined) return undefined;
  checkMembers("credentials", value, CREDENTIALS);
  checkText("accessKey", value.accessKey);
  checkText("secretKey", value.secretKey);
  if (value.securityToken !== undefined) checkText("securityToken", value.securityToken);
  return { ...value };
}

function checkTls(value: boolean | TlsSettings | undefined): ConnectionOptions | undefined {
  if (value === undefined || value === false) return undefined;
  if (value === true) return {};
  checkMembers("tls", value, TLS);
  const { ca, cert, key, serverName, verify } = value;
  for (const each of [ca ?? []].flat()) checkText("ca", each);
  for (const [name, text] of Object.entries({ cert, key, serverName })) {
    if (text !== undefined) checkText(name, text);
  }
  return {
    ...(ca === undefined ? {} : { ca: [ca].flat() }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    rejectUnauthorized: checkBoolean("verify", verify, true),
  };
}
