import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A file to serve, and its media type. */
export interface Served {
  readonly file: string | URL;
  readonly type: string;
}

const REPOSITORY = new URL("../../", import.meta.url);

/** Serves this repository's TypeScript, and the files that it is given, to this machine only. */
export class Loopback {
  /** The paths that were asked for. */
  readonly requested: string[] = [];
  readonly #server: Server;

  private constructor(files: Readonly<Record<string, Served>>) {
    this.#server = createServer(async (request, response) => {
      const path = new URL(request.url ?? "/", "http://loopback").pathname;
      this.requested.push(path);
      const source = /^\/(mod\.ts$|src\/|scripts\/)/.test(path);
      const served = files[path] ??
        (source
          ? { file: new URL(`.${path}`, REPOSITORY), type: "application/typescript" }
          : undefined);
      try {
        const content = await readFile(served!.file);
        response.setHeader("content-type", served!.type);
        response.end(content);
      } catch {
        response.writeHead(404).end();
      }
    });
  }

  static async start(files: Readonly<Record<string, Served>> = {}): Promise<Loopback> {
    const loopback = new Loopback(files);
    await new Promise<void>((resolve) => loopback.#server.listen(0, "127.0.0.1", resolve));
    return loopback;
  }

  /** `127.0.0.1` and the port, as `--allow-import` wants it. */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get origin(): string {
    return `http://${this.host}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
