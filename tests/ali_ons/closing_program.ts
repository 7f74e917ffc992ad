/** Handles a message and closes, with the longest time to wait for handlers; then it must end. */
import type { Message } from "./fake_broker.ts";
import { Setup, TOPIC, until } from "./setup.ts";

await using setup = await Setup.make(1);
const consumer = setup.consumer({ drainTimeoutMs: 2 ** 31 - 1 });
const handled: string[] = [];
consumer.subscribe(TOPIC, "*", async ({ body }: Message) => void handled.push(body));
await consumer.ready();
setup.broker.send(TOPIC, 0, "a");
await until(() => handled.length === 1, "the message");
await consumer.close();
console.log(`closed ${JSON.stringify(await setup.durable())}`);
