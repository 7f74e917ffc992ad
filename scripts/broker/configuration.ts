import { join } from "node:path";

/** The address of the name server, in the namespace. */
export const NAME_SERVER = "127.0.0.1:9876";

/** The address of the broker, in the namespace. */
export const BROKER_ADDRESS = "127.0.0.1:10911";

/** The name of the broker. */
export const BROKER_NAME = "broker-a";

/** What a configuration file consists of: names and values. */
export type Properties = Readonly<Record<string, string | number | boolean>>;

export const NAME_SERVER_PROPERTIES: Properties = { listenPort: 9876, bindAddress: "127.0.0.1" };

/** A broker that is small, makes topics and groups as they are needed, and listens on loopback. */
export function brokerProperties(store: string): Properties {
  return {
    brokerClusterName: "DefaultCluster",
    brokerName: BROKER_NAME,
    brokerId: 0,
    namesrvAddr: NAME_SERVER,
    brokerIP1: "127.0.0.1",
    brokerIP2: "127.0.0.1",
    bindAddress: "127.0.0.1",
    listenPort: 10911,
    storePathRootDir: store,
    storePathCommitLog: join(store, "commitlog"),
    mappedFileSizeCommitLog: 16 * 1024 * 1024,
    mappedFileSizeConsumeQueue: 600_000,
    maxIndexNum: 200_000,
    maxHashSlotNum: 50_000,
    flushDiskType: "ASYNC_FLUSH",
    brokerRole: "ASYNC_MASTER",
    autoCreateTopicEnable: true,
    autoCreateSubscriptionGroup: true,
    defaultTopicQueueNums: 4,
    diskMaxUsedSpaceRatio: 98,
    timerWheelEnable: false,
  };
}

export function toText(properties: Properties): string {
  return Object.entries(properties).map(([name, value]) => `${name}=${value}\n`).join("");
}
