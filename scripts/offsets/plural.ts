/** `1 queue`, `2 queues`. */
export function countQueues(count: number): string {
  return count === 1 ? "1 queue" : `${count} queues`;
}
