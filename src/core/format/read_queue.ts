import { JsonScanner } from "./json_scanner.ts";
import type { MessageQueue } from "../table/message_queue.ts";

/** Reads a queue that is JSON text in a string, as Go writes it, at the scanner's position. */
export function readStringKey(scanner: JsonScanner): MessageQueue {
  const start = scanner.position;
  // Positions inside the key are of no use outside it: the key's own place is reported.
  const key: JsonScanner = new JsonScanner(
    scanner.string("a queue"),
    (reason) => scanner.fail(`the key is not a message queue, ${reason}`, start),
  );
  const mq = readQueue(key);
  if (key.peek() !== "") key.fail(`expected the end of the key, found ${key.found()}`);
  return mq;
}

/** Reads a queue that is an object, as Java writes it (S7), at the scanner's position. */
export function readQueue(scanner: JsonScanner): MessageQueue {
  const start = scanner.position;
  const mq: { -readonly [field in keyof MessageQueue]?: MessageQueue[field] } = {};
  readMembers(scanner, "a message queue", (name) => {
    if (name === "topic") mq.topic = readName(scanner, "a topic");
    else if (name === "brokerName") mq.brokerName = readName(scanner, "a broker name");
    else if (name === "queueId") mq.queueId = Number(scanner.integer("a queue id", 32));
    else scanner.skipValue();
  });
  const { topic, brokerName, queueId } = mq;
  if (topic === undefined) scanner.fail('a message queue has no "topic"', start);
  if (brokerName === undefined) scanner.fail('a message queue has no "brokerName"', start);
  if (queueId === undefined) scanner.fail('a message queue has no "queueId"', start);
  return { topic, brokerName, queueId };
}

function readName(scanner: JsonScanner, what: string): string {
  scanner.peek();
  const start = scanner.position;
  const name = scanner.string(what);
  if (!name.isWellFormed()) scanner.fail(`${what} holds a lone surrogate`, start);
  return name;
}

/** Reads an object; `member` reads the value of the member whose name it is given. */
export function readMembers(
  scanner: JsonScanner,
  what: string,
  member: (name: string) => void,
): void {
  for (const name of namesOf(scanner, what)) member(name);
}

/** Reads an object up to the value of each member in turn; the caller reads the values. */
export function* namesOf(scanner: JsonScanner, what: string): Generator<string> {
  scanner.expect("{", `to open ${what}`);
  if (scanner.take("}")) return;
  do {
    const name = scanner.string("a member's name");
    scanner.expect(":", "after a member's name");
    yield name;
  } while (scanner.take(","));
  scanner.expect("}", `or "," in ${what}`);
}
