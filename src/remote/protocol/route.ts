import { parseAddress } from "./address.ts";
import { RemotingProtocolError } from "../errors/remoting_protocol_error.ts";

/** The brokers of a topic: from a broker's name to the address of its master, if it has one. */
export type Route = ReadonlyMap<string, string | undefined>;

/** The id of a master; slaves have greater ones, and lose what is written to them. */
const MASTER = "0";

/**
 * Reads a name server's answer to `GET_ROUTEINFO_BY_TOPIC`.
 *
 * @throws {RemotingProtocolError} If it is no route.
 */
export function parseRoute(body: Uint8Array): Route {
  let route: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    route = parseJson(text);
  } catch (cause) {
    throw new RemotingProtocolError("a route that is no JSON", "a JSON object", cause);
  }
  const brokers = (route as { brokerDatas?: unknown } | null)?.brokerDatas;
  if (!Array.isArray(brokers)) throw malformed("brokerDatas");
  return new Map(brokers.map(masterOf));
}

function masterOf(broker: { brokerName?: unknown; brokerAddrs?: unknown } | null) {
  const { brokerName, brokerAddrs } = broker ?? {};
  if (typeof brokerName !== "string") throw malformed("brokerName");
  if (typeof brokerAddrs !== "object" || brokerAddrs === null) throw malformed("brokerAddrs");
  if (!Object.hasOwn(brokerAddrs, MASTER)) return [brokerName, undefined] as const;
  const address = (brokerAddrs as Record<string, unknown>)[MASTER];
  try {
    parseAddress(String(address));
  } catch (cause) {
    throw new RemotingProtocolError("a route with a broken address", "host:port", cause);
  }
  return [brokerName, String(address)] as const;
}

function malformed(name: string): RemotingProtocolError {
  return new RemotingProtocolError(`a route without ${name}`, "RocketMQ's TopicRouteData");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(quoteIntegerKeys(text));
  }
}

/** Quotes integer keys: name servers before 4.9.4 send `{"brokerAddrs":{0:"10.0.0.1:10911"}}`. */
function quoteIntegerKeys(json: string): string {
  const parts: string[] = [];
  let at = 0;
  while (at < json.length) {
    const quote = json.indexOf('"', at);
    const begin = quote === -1 ? json.length : quote;
    parts.push(json.slice(at, begin).replace(/([{,]\s*)(-?\d+)(?=\s*:)/g, '$1"$2"'));
    at = endOfString(json, begin);
    parts.push(json.slice(begin, at));
  }
  return parts.join("");
}

/** Behind the quotation mark that ends the string. */
function endOfString(json: string, begin: number): number {
  let at = begin + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}
