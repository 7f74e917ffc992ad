import { type RealBroker, withBroker } from "../broker/with_broker.ts";
import type { Checks } from "./check.ts";
import { accessOptions } from "./remote/access.ts";
import { checkAccess } from "./remote/check_access.ts";
import { checkCrashes } from "./remote/check_crashes.ts";
import { checkProtocol } from "./remote/check_protocol.ts";
import { checkStore } from "./remote/check_store.ts";
import { measure } from "./remote/measure.ts";

/**
 * The remote store on a real broker that is killed and started again: `mqadmin` shows the offsets
 * that the store wrote, and a Java consumer resumes there.
 */
export async function checkRemote(
  checks: Checks,
  broker: RealBroker,
  slice: boolean,
): Promise<void> {
  await checkStore(checks, broker);
  if (!slice) await checkProtocol(checks, broker);
  await checkCrashes(checks, broker, slice);
  if (!slice) await measure(checks, broker);
}

/** The remote store on a broker of its own that checks access. */
export async function checkRemoteAccess(
  checks: Checks,
  version: string,
  jars: string,
): Promise<void> {
  const access = { version, jars, folderName: `${version}-access`, ...accessOptions(version) };
  await withBroker(access, (broker) => checkAccess(checks, broker));
}
