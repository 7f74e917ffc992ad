/**
 * A server that speaks RocketMQ's remoting protocol, and misbehaves on request.
 *
 * Its codec is written once more, in the plainest way, so that a fault of ours is not on both sides.
 */
import { Buffer } from "node:buffer";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

/** A request as the server has it. */
export interface Seen {
  readonly code: number;
  readonly flag: number;
  readonly opaque: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** An answer; what is left out is 0, null or empty. */
export interface Reply {
  readonly code?: number;
  readonly remark?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What becomes of a request: an answer, raw bytes, nothing at all, or the end of the connection. */
export type Outcome = Reply | Uint8Array | "silence" | "close";

export type Handler = (request: Seen) => Outcome | Promise<Outcome>;

/** How answers are written. */
export interface Writing {
  /** The lengths of the pieces, again and again; one piece by default. */
  readonly pieces?: readonly number[];
}

/** An answer as bytes. */
export function replyBytes(opaque: number, reply: Reply): Buffer {
  const { code = 0, remark = null, fields = null, body = "" } = reply;
  const header = Buffer.from(JSON.stringify({
    ...{ code, flag: 1, language: "JAVA", opaque, remark },
    ...{ serializeTypeCurrentRPC: "JSON", version: 513, extFields: fields },
  }));
  const text = Buffer.from(body);
  const lengths = Buffer.alloc(8);
  lengths.writeInt32BE(4 + header.length + text.length, 0);
  lengths.writeInt32BE(header.length, 4);
  return Buffer.concat([lengths, header, text]);
}

export class FakeServer {
  /** All requests, in the order in which they came. */
  readonly requests: Seen[] = [];
  writing: Writing = {};
  /** How many connections there have been. */
  connections = 0;
  #handler: Handler;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #written = new WeakMap<Socket, Promise<void>>();
  #port = 0;

  private constructor(handler: Handler, tls: TlsOptions | undefined) {
    this.#handler = handler;
    const serve = (socket: Socket) => this.#serve(socket);
    this.#server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
    // A handshake that fails is the client's affair.
    this.#server.on("tlsClientError", () => {});
  }

  static async start(handler: Handler, tls?: TlsOptions): Promise<FakeServer> {
    const server = new FakeServer(handler, tls);
    await server.listen();
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  /** Listens, on the same port as before. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (this.#server.address() as { port: number }).port;
  }

  /** Ends all connections and takes no new ones. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.drop();
    await closed;
  }

  /** Ends all connections. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #serve(socket: Socket): void {
    this.connections++;
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
    let held = Buffer.alloc(0);
    socket.on("data", (chunk: Uint8Array) => {
      held = Buffer.concat([held, chunk]);
      while (held.length >= 4 && held.length >= 4 + held.readInt32BE(0)) {
        const end = 4 + held.readInt32BE(0);
        const header = JSON.parse(held.toString("utf8", 8, 8 + held.readInt32BE(4)));
        held = held.subarray(end);
        const { code, flag, opaque, extFields } = header;
        void this.#answer(socket, { code, flag, opaque, fields: extFields });
      }
    });
  }

  async #answer(socket: Socket, request: Seen): Promise<void> {
    this.requests.push(request);
    const outcome = await this.#handler(request);
    if (outcome === "close") socket.destroy();
    else if (outcome !== "silence" && (request.flag & 2) === 0) {
      const isRaw = outcome instanceof Uint8Array;
      const bytes = isRaw ? outcome : replyBytes(request.opaque, outcome);
      // One after the other: the pieces of two answers must not mix.
      const before = this.#written.get(socket);
      this.#written.set(socket, Promise.resolve(before).then(() => this.#write(socket, bytes)));
    }
  }

  async #write(socket: Socket, bytes: Uint8Array): Promise<void> {
    const { pieces = [] } = this.writing;
    if (pieces.length === 0) return void socket.write(bytes);
    let at = 0;
    for (let i = 0; at < bytes.length && !socket.destroyed; i++) {
      const end = at + pieces[i % pieces.length];
      socket.write(bytes.subarray(at, end));
      // A turn of the event loop, so that the pieces do not travel together.
      await new Promise((resolve) => setTimeout(resolve));
      at = end;
    }
  }
}
