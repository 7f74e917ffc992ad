/** The texts of stories: calls, answers, queues and tables. */
import type { MessageQueue } from "../../src/core/mod.ts";
import type { Answer, Request } from "./protocol.ts";

const PLAIN = /^[\w.%-]+$/;

/** JSON in ASCII, because some readers end a line at other characters than LF. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

/** A queue: `orders/broker-a/0`, or as JSON if a name is not plain. */
export function tellQueue(mq: MessageQueue): string {
  const { topic, brokerName, queueId } = mq;
  if (PLAIN.test(topic) && PLAIN.test(brokerName)) return `${topic}/${brokerName}/${queueId}`;
  return asciiJson({ topic, brokerName, queueId });
}

/** Queues with their offsets. */
export function tellTable(table: Iterable<readonly [MessageQueue, bigint]>): string {
  const entries = [...table].map(([mq, offset]) => `${tellQueue(mq)} = ${offset}`);
  return entries.length === 0 ? "no queue" : entries.join(", ");
}

/** A call as source text. */
export function tellCall(request: Request): string {
  switch (request.op) {
    case "hello":
    case "close":
      return `${request.op}()`;
    case "open":
      return `open(root, ${asciiJson(request.clientId)}, ${asciiJson(request.group)})`;
    case "update":
      return `update(${tellQueue(request.mq)}, ${request.offset}, ` +
        `increaseOnly = ${request.increaseOnly})`;
    case "freeze":
      return `updateAndFreeze(${tellQueue(request.mq)}, ${request.offset})`;
    case "read":
      return `read(${tellQueue(request.mq)}, ${request.type})`;
    case "persist":
      return request.mqs === undefined
        ? "persist()"
        : `persist([${request.mqs.map(tellQueue).join(", ")}])`;
    case "remove":
      return `remove(${tellQueue(request.mq)})`;
    case "offsets":
      return `offsets(${asciiJson(request.topic)})`;
  }
}

/** An answer; the empty text if it is a plain success. */
export function tellAnswer(answer: Answer): string {
  if (!answer.ok) {
    const why = answer.message === undefined ? "" : ` (${answer.message.slice(0, 300)})`;
    return ` → error "${answer.error}"${why}`;
  }
  if (answer.offset !== undefined) return ` → ${answer.offset}`;
  if (answer.outcome !== undefined) return ` → ${answer.outcome}`;
  return "";
}

/** Bytes, shortened. */
export function tellBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return "0 bytes";
  const shown = asciiJson(new TextDecoder().decode(bytes.subarray(0, 160)));
  return bytes.length > 160 ? `${bytes.length} bytes, ${shown}…` : shown;
}
