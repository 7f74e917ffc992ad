import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** So long a virtual machine may take to start on a busy machine. */
const PATIENCE_MS = 120_000;

const SMALL_HEAP = ["-Xms256m", "-Xmx256m", "-Xmn96m", "-XX:MaxDirectMemorySize=256m"];
const QUICK_START = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"];

/** Without these, version 4 does not start again on Java 17 after it was killed. */
const REFLECTION = [
  // Java 8 does not know the others.
  "-XX:+IgnoreUnrecognizedVMOptions",
  ...["java.nio", "sun.nio.ch", "jdk.internal.ref"].map((name) =>
    `--add-opens=java.base/${name}=ALL-UNNAMED`
  ),
];

/** The arguments of `java` for a program of RocketMQ that keeps its files in `home`. */
export function javaArguments(jars: string, home: string): readonly string[] {
  return [
    ...[...SMALL_HEAP, ...QUICK_START, ...REFLECTION, "-Dfile.encoding=UTF-8"],
    ...[`-Duser.home=${home}`, `-Drocketmq.home.dir=${home}`, "-cp", `${jars}/*`],
  ];
}

/** A server that runs in a Java virtual machine. */
export class JavaProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #output = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    const hear = (text: string) => this.#output = (this.#output + text).slice(-20_000);
    child.stdout!.setEncoding("utf8").on("data", hear);
    child.stderr!.setEncoding("utf8").on("data", hear);
    this.#ended = once(child, "close");
  }

  /**
   * Starts a server and waits until its output says that it is ready.
   *
   * @throws {Error} If it ends before that, or says nothing in two minutes; with its output.
   */
  static async start(name: string, args: readonly string[], ready: RegExp): Promise<JavaProcess> {
    const server = new JavaProcess(spawn("java", args, { stdio: ["ignore", "pipe", "pipe"] }));
    const deadline = Date.now() + PATIENCE_MS;
    while (!ready.test(server.#output)) {
      const state = server.#child.exitCode !== null
        ? `it ended with code ${server.#child.exitCode}`
        : Date.now() > deadline
        ? `it is not ready after ${PATIENCE_MS / 1000} s`
        : undefined;
      if (state !== undefined) {
        await server.end("SIGKILL");
        throw new Error(`Cannot start the ${name}: ${state}\n${server.#output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return server;
  }

  /** Ends the server, at once with SIGKILL, after its own shutdown with SIGTERM. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    this.#child.kill(signal);
    await this.#ended;
  }
}
