/**
 * A store that no second process opens, because a deployment started the consumer twice.
 *
 * Usage: exclusive.ts ROOT
 */
import process from "node:process";
import { LocalFileOffsetStore, OffsetLockError } from "@offsetstore/rocketmq";

const options = {
  clientId: "10.0.0.7@audit-1",
  group: "orders-group",
  root: process.argv[2],
  exclusive: true,
};
const first = await LocalFileOffsetStore.open(options);
try {
  await LocalFileOffsetStore.open(options);
} catch (error) {
  if (!(error instanceof OffsetLockError)) throw error;
  console.log(`refused: ${error.state}`);
}
await first.close();

const second = await LocalFileOffsetStore.open(options);
console.log("open");
await second.close();
