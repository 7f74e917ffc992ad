/** Drives a real Chromium over its debugging protocol. */
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { setTimeout } from "node:timers/promises";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The path of Chromium, from `CHROMIUM` or the `PATH`; `undefined` if there is none. */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const paths = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [process.env.CHROMIUM ?? "", ...paths].filter((path) => path !== "").find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** How a page is looked at. */
export interface Look {
  readonly width: number;
  readonly height: number;
  readonly scheme: "light" | "dark";
}

type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
};

/** One tab of a browser of its own. */
export class Page implements AsyncDisposable {
  /** The URLs that the page has asked for. */
  readonly requested: string[] = [];
  /** Errors that nothing in the page has caught. */
  readonly errors: string[] = [];
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #session: string | undefined;
  #next = 1;

  private constructor(process: ChildProcess, folder: string, socket: WebSocket) {
    this.#process = process;
    this.#folder = folder;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#hear(JSON.parse(String(data))));
  }

  /** Starts Chromium and opens a URL. */
  static async open(chromium: string, url: string): Promise<Page> {
    const folder = await mkdtemp(join(tmpdir(), "offsetstore-chromium-"));
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"];
    const child = spawn(chromium, [...flags, `--user-data-dir=${folder}`, "about:blank"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const socket = new WebSocket(await debuggerUrl(child));
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => reject(new Error("Cannot connect to Chromium")));
    });
    const page = new Page(child, folder, socket);
    const { targetId } = await page.call("Target.createTarget", { url: "about:blank" });
    const attached = await page.call("Target.attachToTarget", { targetId, flatten: true });
    page.#session = String(attached.sessionId);
    for (const domain of ["Page", "Runtime", "Network", "DOM"]) await page.call(`${domain}.enable`);
    await page.go(url);
    return page;
  }

  /** Calls a method of the protocol. */
  async call(method: string, params: Record<string, unknown> = {}) {
    const id = this.#next++;
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params, sessionId: this.#session }));
    const { result, error } = await Promise.race([answer, tooLate(method)]);
    if (error !== undefined) throw new Error(`Cannot call ${method}: ${error.message}`);
    return result!;
  }

  async go(url: string): Promise<void> {
    await this.call("Page.navigate", { url });
    await this.until('document.readyState === "complete"');
  }

  /** The value of an expression in the page, awaited. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.call("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    }) as { result: { value: unknown }; exceptionDetails?: unknown };
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return result.value;
  }

  /** Waits until an expression is true in the page. */
  async until(expression: string): Promise<void> {
    await this.evaluate(`new Promise((resolve) => {
      const look = () => (${expression}) ? resolve() : setTimeout(look, 20);
      look();
    })`);
  }

  /** Chooses files in a file chooser. */
  async choose(selector: string, files: readonly string[]): Promise<void> {
    const { root } = await this.call("DOM.getDocument") as { root: { nodeId: number } };
    const { nodeId } = await this.call("DOM.querySelector", { nodeId: root.nodeId, selector });
    await this.call("DOM.setFileInputFiles", { nodeId, files });
  }

  /** Drops files and folders on the middle of an element. */
  async drop(selector: string, files: readonly string[]): Promise<void> {
    const [x, y] = await this.evaluate(`(() => {
      const box = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect();
      return [box.x + box.width / 2, box.y + box.height / 2];
    })()`) as [number, number];
    const data = { items: [], files, dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"]) {
      await this.call("Input.dispatchDragEvent", { type, x, y, data });
    }
  }

  /** A picture of the page, as PNG. */
  async picture({ width, height, scheme }: Look): Promise<Uint8Array> {
    await this.look({ width, height, scheme });
    const { data } = await this.call("Page.captureScreenshot", { format: "png" });
    return Uint8Array.from(atob(String(data)), (char) => char.charCodeAt(0));
  }

  async look({ width, height, scheme }: Look): Promise<void> {
    const size = { width, height, deviceScaleFactor: 1, mobile: width < 600 };
    await this.call("Emulation.setDeviceMetricsOverride", size);
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.call("Emulation.setEmulatedMedia", { features });
  }

  #hear({ id, method, params, ...rest }: Message): void {
    if (id !== undefined) {
      this.#waiting.get(id)?.({ id, ...rest });
      this.#waiting.delete(id);
    }
    const { request, exceptionDetails } = (params ?? {}) as {
      request?: { url: string };
      exceptionDetails?: { exception?: { description?: string }; text: string };
    };
    if (method === "Network.requestWillBeSent") this.requested.push(request!.url);
    if (method === "Runtime.exceptionThrown") {
      this.errors.push(exceptionDetails!.exception?.description ?? exceptionDetails!.text);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = new Promise((resolve) => this.#process.on("close", resolve));
    this.#socket.close();
    this.#process.kill();
    await gone;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** No call takes so long; a browser that hangs must not stop the tests. */
const LONGEST_CALL_MS = 60_000;

async function tooLate(method: string): Promise<never> {
  await setTimeout(LONGEST_CALL_MS, undefined, { ref: false });
  throw new Error(`Cannot call ${method}: Chromium does not answer`);
}

/** Chromium prints the URL of its debugging protocol. */
function debuggerUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stderr!.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      const url = /^DevTools listening on (ws:\S+)$/m.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.on("close", () => reject(new Error(`Cannot start Chromium: ${text}`)));
    child.on("error", reject);
  });
}
