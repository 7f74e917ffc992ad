import { RequestCode, ResponseCode } from "../../src/remote/protocol/response_code.ts";
import { Session } from "../../src/remote/network/session.ts";

/** A topic that every broker has. */
const TOPIC = "SELF_TEST_TOPIC";

const PATIENCE_MS = 60_000;

/**
 * Waits until the name server knows the broker, which is a little after the broker's start.
 *
 * @throws {Error} If it does not in a minute.
 */
export async function waitUntilRegistered(nameServer: string): Promise<void> {
  const settings = { requestTimeoutMs: 3000, maxFrameBytes: 1 << 20, tls: undefined };
  const session = await Session.open(nameServer, settings);
  const request = {
    code: RequestCode.GET_ROUTEINFO_BY_TOPIC,
    fields: new Map([["topic", TOPIC], ["acceptStandardJsonOnly", "true"]]),
  };
  const end = performance.now() + PATIENCE_MS;
  while ((await session.request(request)).code !== ResponseCode.SUCCESS) {
    if (performance.now() > end) throw new Error("Cannot use the broker: it does not register");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  session.close(new Error("done"));
}
