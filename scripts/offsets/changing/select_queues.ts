import type { MessageQueue, Offset, OffsetTable } from "../../../mod.ts";
import { nearestName } from "../../../src/core/nearest_name.ts";
import { quote } from "../../lib/escape.ts";
import type { OptionShapes } from "../../lib/words.ts";
import type { Args } from "../command_line/args.ts";
import { CommandError } from "../command_line/command_error.ts";
import { parseQueueId } from "../command_line/parse_values.ts";

/** The options that select queues. */
export const FILTER_OPTIONS: OptionShapes = {
  topic: { value: "T", help: "only the queues of this topic" },
  broker: { value: "B", help: "only the queues on this broker" },
  queue: { value: "N", help: "only the queues of this number" },
};

/** What queues must have to be selected. */
export interface QueueFilter {
  readonly topic?: string;
  readonly brokerName?: string;
  readonly queueId?: number;
}

/** The filter that the options give. */
export function filterOf(args: Args): QueueFilter {
  const queue = args.option("queue");
  return {
    topic: args.option("topic"),
    brokerName: args.option("broker"),
    queueId: queue === undefined ? undefined : parseQueueId(args, queue),
  };
}

/**
 * The queues that a filter selects.
 *
 * @throws {CommandError} If it selects none; the message names what was most likely meant.
 */
export function selectQueues(
  action: string,
  path: string,
  table: OffsetTable,
  filter: QueueFilter,
): (readonly [MessageQueue, Offset])[] {
  const selected = [...table].filter(([mq]) => matches(mq, filter));
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  if (selected.length > 0 || !isFiltered) return selected;
  throw new CommandError(
    `Cannot ${action} ${quote(path)}: it holds no ${describe(filter)}`,
    nearMiss(table, filter),
    { code: "no-match", path },
  );
}

/** Whether a filter selects a queue. */
export function matches(mq: MessageQueue, { topic, brokerName, queueId }: QueueFilter): boolean {
  return (topic === undefined || mq.topic === topic) &&
    (brokerName === undefined || mq.brokerName === brokerName) &&
    (queueId === undefined || mq.queueId === queueId);
}

/** A filter in words, such as `queue 0 of "orders" on "broker-a"`. */
export function describe({ topic, brokerName, queueId }: QueueFilter): string {
  const words = [
    queueId === undefined ? "queue" : `queue ${queueId}`,
    topic === undefined ? undefined : `of ${quote(topic)}`,
    brokerName === undefined ? undefined : `on ${quote(brokerName)}`,
  ];
  return words.filter((word) => word !== undefined).join(" ");
}

/** What a filter that selects nothing was most likely to say, or could say. */
export function nearMiss(table: OffsetTable, filter: QueueFilter): string {
  const queues = [...table].map(([mq]) => mq);
  if (queues.length === 0) return "Its table is empty.";
  const { topic, brokerName } = filter;
  const ofTopic = queues.filter((mq) => matches(mq, { topic }));
  if (ofTopic.length === 0) return guess("topic", topic!, queues.map((mq) => mq.topic));
  const ofBoth = ofTopic.filter((mq) => matches(mq, { brokerName }));
  if (ofBoth.length === 0) return guess("broker", brokerName!, ofTopic.map((mq) => mq.brokerName));
  const ids = [...new Set(ofBoth.map((mq) => mq.queueId))];
  return `The queues there are ${listed(ids.map(String))}.`;
}

function guess(what: string, name: string, known: readonly string[]): string {
  const names = [...new Set(known)];
  const nearest = nearestName(name, names);
  const all = `Its ${what}s are ${listed(names.map(quote))}.`;
  return nearest === undefined ? all : `Did you mean the ${what} ${quote(nearest)}? ${all}`;
}

const MOST_LISTED = 10;

function listed(names: readonly string[]): string {
  const more = names.length > MOST_LISTED ? ` and ${names.length - MOST_LISTED} more` : "";
  return names.slice(0, MOST_LISTED).join(", ") + more;
}
