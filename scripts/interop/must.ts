import { checkAnswer } from "../conformance/check_answer.ts";
import type { Answer, Driver, Request } from "../conformance/protocol.ts";

/**
 * Sends a request that must succeed.
 *
 * @throws {BadAnswer} If the answer is not as the protocol says.
 * @throws {Error} If the driver answers that the call has failed.
 */
export async function must(driver: Driver, request: Request): Promise<Answer> {
  const answer = checkAnswer(request, await driver.request(request));
  if (!answer.ok) throw new Error(`${request.op}: ${answer.error}, ${answer.message}`);
  return answer;
}
