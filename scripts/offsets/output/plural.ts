/** `1 store`, `2 stores`. */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}

/** `1 queue`, `2 queues`. */
export function countQueues(queues: number): string {
  return count(queues, "queue");
}

/** So many records of a journal, in words. */
export function countRecords(records: number): string {
  return `${count(records, "record")} of its journal`;
}
