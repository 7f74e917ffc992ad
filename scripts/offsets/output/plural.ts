/** `1 queue`, `2 queues`. */
export function countQueues(count: number): string {
  return count === 1 ? "1 queue" : `${count} queues`;
}

/** So many records of a journal, in words. */
export function countRecords(records: number): string {
  return records === 1 ? "1 record of its journal" : `${records} records of its journal`;
}
