import type { Answer, Request } from "./protocol.ts";
import { isBelow } from "./own_directory.ts";
import { asciiJson } from "./tell.ts";
import { BadAnswer } from "./verdict.ts";

/** The kinds of errors of the protocol. */
export const ERROR_KINDS: readonly string[] = [
  ...["corrupt", "load", "persist", "conflict", "unsupported", "invalid", "other"],
];

const OUTCOMES: readonly unknown[] = ["fresh", "loaded", "recovered", "reset"];
const FORMATS: readonly unknown[] = ["go", "java"];

type Members = Readonly<Record<string, unknown>>;

/**
 * Checks what a driver answers.
 *
 * @returns The same value, if it is the answer that the protocol asks for.
 * @throws {BadAnswer} If it is not.
 */
export function checkAnswer(request: Request, value: unknown): Answer {
  const need = (holds: boolean, rule: string) => {
    if (!holds) throw new BadAnswer(request.op, rule, shown(value));
  };
  need(isObject(value), "the answer is a JSON object");
  const answer = value as Members;
  need(typeof answer.ok === "boolean", '"ok" is true or false');
  need(isTextOrAbsent(answer.message), '"message" is a text');
  if (answer.ok === false) {
    need(isOneOf(ERROR_KINDS, answer.error), `"error" is one of ${ERROR_KINDS.join(", ")}`);
    return answer as unknown as Answer;
  }
  switch (request.op) {
    case "hello":
      for (const name of ["name", "version"]) {
        need(isTextOrAbsent(answer[name]), `"${name}" is a text`);
      }
      need(isTextOrAbsent(answer.profile), '"profile" is a text');
      need(isOneOf(FORMATS, answer.format), '"format" is "go" or "java"');
      break;
    case "open":
      need(
        answer.path === undefined ||
          typeof answer.path === "string" && isBelow(request.root, answer.path),
        `"path" is an absolute path below root (${request.root}), without ".."`,
      );
      need(
        answer.outcome === undefined || isOneOf(OUTCOMES, answer.outcome),
        `"outcome" is one of ${OUTCOMES.join(", ")}, or absent`,
      );
      break;
    case "read":
      need(isOffset(answer.offset), `"offset" is ${OFFSET}`);
      break;
    case "offsets":
      need(Array.isArray(answer.offsets), '"offsets" is an array');
      for (const each of answer.offsets as unknown[]) {
        need(isObject(each) && isQueue(each.mq), `each entry of "offsets" has "mq", ${QUEUE}`);
        need(isOffset((each as Members).offset), `each entry of "offsets" has "offset", ${OFFSET}`);
      }
  }
  return answer as unknown as Answer;
}

const OFFSET = 'an int64 as decimal digits in a JSON string, such as "42" or "-1"';
const QUEUE = 'a queue {"topic":T,"brokerName":B,"queueId":N}';

const isObject = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isTextOrAbsent = (value: unknown) => value === undefined || typeof value === "string";

const isOneOf = (values: readonly unknown[], value: unknown) => values.includes(value);

function isOffset(value: unknown): boolean {
  if (typeof value !== "string" || !/^-?\d{1,19}$/.test(value)) return false;
  const offset = BigInt(value);
  return offset === BigInt.asIntN(64, offset);
}

function isQueue(value: unknown): boolean {
  return isObject(value) && typeof value.topic === "string" &&
    typeof value.brokerName === "string" && Number.isInteger(value.queueId);
}

function shown(value: unknown): string {
  const text = value === undefined ? "nothing" : asciiJson(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
