import type { Answer, Driver, Request } from "../conformance/protocol.ts";

/**
 * Sends a request that must succeed.
 *
 * @throws {Error} If the driver answers that it has failed.
 */
export async function must(driver: Driver, request: Request): Promise<Answer> {
  const answer = await driver.request(request);
  if (!answer.ok) throw new Error(`${request.op}: ${answer.error}, ${answer.message}`);
  return answer;
}
