/** How a server answers; a code that is not here is shown by its number. */
export const ResponseCode = {
  SUCCESS: 0,
  SYSTEM_ERROR: 1,
  SYSTEM_BUSY: 2,
  REQUEST_CODE_NOT_SUPPORTED: 3,
  SERVICE_NOT_AVAILABLE: 14,
  NO_PERMISSION: 16,
  TOPIC_NOT_EXIST: 17,
  QUERY_NOT_FOUND: 22,
  SUBSCRIPTION_GROUP_NOT_EXIST: 26,
  INVALID_PARAMETER: 29,
  FLOW_CONTROL: 215,
  NOT_LEADER_FOR_QUEUE: 501,
  GO_AWAY: 1500,
} as const;

/** What the offset store asks for. */
export const RequestCode = {
  QUERY_CONSUMER_OFFSET: 14,
  UPDATE_CONSUMER_OFFSET: 15,
  GET_ROUTEINFO_BY_TOPIC: 105,
} as const;

const NAMES = new Map(Object.entries(ResponseCode).map(([name, code]) => [code as number, name]));

/** Codes that say nothing about the request, but that the server cannot take it now. */
const TRANSIENT: ReadonlySet<number> = new Set([
  ResponseCode.SYSTEM_BUSY,
  ResponseCode.SERVICE_NOT_AVAILABLE,
  ResponseCode.FLOW_CONTROL,
  ResponseCode.NOT_LEADER_FOR_QUEUE,
  ResponseCode.GO_AWAY,
]);

const ADVICE: ReadonlyMap<number, string> = new Map([
  [
    ResponseCode.SYSTEM_ERROR,
    "if the remark names an ACL, check accessKey and secretKey",
  ],
  [
    ResponseCode.NO_PERMISSION,
    "the access key lacks a right, or accessKey or secretKey is wrong",
  ],
  [ResponseCode.TOPIC_NOT_EXIST, "create the topic first"],
  [
    ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
    "no consumer of this group has registered yet; start one, or create the group with " +
    "mqadmin updateSubGroup",
  ],
]);

/** A code as messages show it: the number and, if it is known, its name. */
export function describeCode(code: number): string {
  const name = NAMES.get(code);
  return name === undefined ? String(code) : `${code} (${name})`;
}

/** What to do about an answer, if anything is known. */
export function adviceFor(code: number): string | undefined {
  return ADVICE.get(code);
}

/** Whether the same request may succeed a little later, perhaps at another broker. */
export function isTransient(code: number): boolean {
  return TRANSIENT.has(code);
}
