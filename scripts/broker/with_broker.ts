import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  BROKER_ADDRESS,
  BROKER_NAME,
  brokerProperties,
  NAME_SERVER,
  NAME_SERVER_PROPERTIES,
  type Properties,
  toText,
} from "./configuration.ts";
import { namespaceFolder } from "./inside_namespace.ts";
import { javaArguments, JavaProcess } from "./java_process.ts";
import { waitUntilRegistered } from "./wait_until_registered.ts";
import { type Program, type ProgramOptions, runProgram, startProgram } from "./run_program.ts";

/** Version 4 does not start without these files. Without appenders in them it logs nothing. */
const LOGGING = Object.fromEntries(
  ["broker", "namesrv", "tools"].map((name) => [
    `conf/logback_${name}.xml`,
    "<configuration/>\n",
  ]),
);

/** Which broker, and how it is set up. */
export interface BrokerOptions {
  /** The version, such as `5.5.0`. */
  readonly version: string;
  /** The folder with its jars; see `downloadJars`. */
  readonly jars: string;
  /** The name of its folder, which no other broker of this process has; its version by default. */
  readonly folderName?: string;
  /** Properties of the broker beside those of `brokerProperties`. */
  readonly properties?: Properties;
  /** Files below RocketMQ's home folder, such as `conf/plain_acl.yml`. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A broker and its name server, both running. */
export class RealBroker {
  readonly version: string;
  readonly nameServer = NAME_SERVER;
  readonly address = BROKER_ADDRESS;
  readonly name = BROKER_NAME;
  /** Where programs may leave files; it is removed at the end. */
  readonly folder: string;
  readonly #java: readonly string[];
  readonly #jars: string;
  readonly #servers = new Map<"broker" | "name server", JavaProcess>();

  constructor({ version, jars }: BrokerOptions, folder: string) {
    this.version = version;
    this.folder = folder;
    this.#jars = jars;
    this.#java = javaArguments(jars, this.home);
  }

  /** RocketMQ's home folder. */
  get home(): string {
    return join(this.folder, "home");
  }

  get #configuration(): Record<"broker" | "name server", string> {
    return {
      broker: join(this.folder, "broker.conf"),
      "name server": join(this.folder, "namesrv.conf"),
    };
  }

  /** Writes the configuration; the servers read it when they start. */
  async configure({ properties, files = {} }: BrokerOptions): Promise<void> {
    const { broker, "name server": nameServer } = this.#configuration;
    const store = join(this.folder, "store");
    await mkdir(this.home, { recursive: true });
    await writeFile(broker, toText({ ...brokerProperties(store), ...properties }));
    await writeFile(nameServer, toText(NAME_SERVER_PROPERTIES));
    for (const [name, text] of Object.entries({ ...LOGGING, ...files })) {
      await mkdir(dirname(join(this.home, name)), { recursive: true });
      await writeFile(join(this.home, name), text);
    }
  }

  /** Starts a server and waits until clients can use it. */
  async start(server: "broker" | "name server"): Promise<void> {
    const main = server === "broker" ? "broker.BrokerStartup" : "namesrv.NamesrvStartup";
    const args = [`org.apache.rocketmq.${main}`, "-c", this.#configuration[server]];
    const started = await JavaProcess.start(server, [...this.#java, ...args], /boot success/);
    this.#servers.set(server, started);
    if (server === "broker") await waitUntilRegistered(this.nameServer);
  }

  /** Ends a server: with SIGTERM it writes its offsets first, with SIGKILL it does not. */
  async end(server: "broker" | "name server", signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    await this.#servers.get(server)?.end(signal);
    this.#servers.delete(server);
  }

  /** Runs a program beside the broker to its end and answers what it printed. */
  run(command: string, args: readonly string[], options?: ProgramOptions): Promise<string> {
    return runProgram(command, args, options);
  }

  /** Starts a program beside the broker. */
  spawn(command: string, args: readonly string[], options?: ProgramOptions): Program {
    return startProgram(command, args, options);
  }

  /** Starts a Java program of one source file that uses RocketMQ's client, with system properties. */
  java(source: string, args: readonly string[], properties: Properties = {}): Program {
    const set = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
    return startProgram("java", [...this.#java, ...set, source, ...args]);
  }

  /** Runs a command of `mqadmin` and answers what it printed, without the lines of its log. */
  async admin(command: string, args: readonly string[]): Promise<string> {
    const main = "org.apache.rocketmq.tools.command.MQAdminStartup";
    const all = [...this.#java, main, command, "-n", this.nameServer, ...args];
    const lines = (await runProgram("java", all)).split("\n");
    return lines.filter((line) => !/^\d\d:\d\d:\d\d,\d+ \|-/.test(line)).join("\n");
  }

  /** The name of the folder with the jars, for programs that need the client. */
  get classPath(): string {
    return join(this.#jars, "*");
  }
}

/**
 * Starts a name server and a broker, uses them, and ends them.
 *
 * It works only in a namespace of its own; see `runInNamespace`. All programs that talk to the
 * broker run there too: this process and those that it starts.
 *
 * @throws {Error} If this process is in no such namespace, or a server does not start.
 */
export async function withBroker<T>(
  options: BrokerOptions,
  use: (broker: RealBroker) => Promise<T>,
): Promise<T> {
  const folder = namespaceFolder();
  if (folder === undefined) {
    throw new Error("Cannot start a broker: this process is in no network namespace of its own");
  }
  const broker = new RealBroker(options, join(folder, options.folderName ?? options.version));
  await mkdir(broker.folder, { recursive: true });
  await broker.configure(options);
  try {
    await broker.start("name server");
    await broker.start("broker");
    return await use(broker);
  } finally {
    await broker.end("broker", "SIGKILL");
    await broker.end("name server", "SIGKILL");
  }
}
