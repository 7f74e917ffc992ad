import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { RealBroker } from "../broker/with_broker.ts";
import type { Runtime } from "../lib/runtimes.ts";
import { checkOurStore, checkOwnStore } from "./ali_ons/checks.ts";
import { commandOf } from "./ali_ons/prepare.ts";
import { Sender } from "./ali_ons/sender.ts";
import type { Checks } from "./check.ts";

/**
 * Consumers of ali-ons with our offset store on a real broker, on one runtime: killed, closed,
 * started again; and what their own store loses, if that is wanted.
 */
export async function checkAliOns(
  checks: Checks,
  broker: RealBroker,
  { name, path }: { readonly name: Runtime; readonly path: string },
  { slice, withOwn }: { readonly slice: boolean; readonly withOwn: boolean },
): Promise<void> {
  const folder = await mkdtemp(join(broker.folder, "ali-ons-"));
  const { nameServer } = broker;
  const sender = await Sender.start(nameServer, broker.address);
  try {
    const ground = { nameServer, sender, runtime: commandOf(name, path), folder };
    await checkOurStore(checks, ground, name, slice);
    if (withOwn) await checkOwnStore(checks, ground, name);
  } finally {
    await sender.close();
  }
}
