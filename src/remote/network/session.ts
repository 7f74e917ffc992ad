import { connect, type Socket } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { BrokerUnreachableError } from "../errors/broker_unreachable_error.ts";
import { parseAddress } from "../protocol/address.ts";
import { encodeRequest, type Frame, ONE_WAY, type Request, RESPONSE } from "../protocol/frame.ts";
import { FrameDecoder } from "../protocol/frame_decoder.ts";

/** How sessions are made. */
export interface SessionSettings {
  readonly requestTimeoutMs: number;
  readonly maxFrameBytes: number;
  /** What `node:tls` takes; `undefined` for a connection that is not encrypted. */
  readonly tls: ConnectionOptions | undefined;
}

interface Waiting {
  readonly resolve: (answer: Frame) => void;
  readonly reject: (error: Error) => void;
}

/** One connection to a server, from its beginning to its end; it is never made again. */
export class Session {
  readonly address: string;
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  readonly #decoder: FrameDecoder;
  /** The requests that have no answer yet, by their numbers. */
  readonly #waiting = new Map<number, Waiting>();
  readonly #onEnd = new Set<(error: Error) => void>();
  #opaque = 0;
  #hasAnswered = false;
  /** When the first request was sent since the server was last heard of. */
  #silentSince = Infinity;
  #end: Error | undefined;

  private constructor(address: string, settings: SessionSettings) {
    this.address = address;
    this.#timeoutMs = settings.requestTimeoutMs;
    this.#decoder = new FrameDecoder(settings.maxFrameBytes);
    const { host, port } = parseAddress(address);
    this.#socket = settings.tls === undefined
      ? connect({ host, port })
      : connectTls({ host, port, ...settings.tls });
    this.#socket.setNoDelay(true);
    // The deadline of a call keeps the process alive; an idle connection does not.
    this.#socket.unref();
    this.#socket.on("data", (bytes) => this.#hear(bytes));
    this.#socket.on("error", (error) => this.#lose(error.message, error));
    this.#socket.on("close", () => this.#lose("the connection was closed"));
  }

  /**
   * Connects.
   *
   * @throws {BrokerUnreachableError} If there is no connection in time.
   */
  static open(address: string, settings: SessionSettings): Promise<Session> {
    return new Promise((resolve, reject) => {
      const session = new Session(address, settings);
      const { requestTimeoutMs: ms, tls } = settings;
      const timer = setTimeout(() => session.#lose(`no connection within ${ms} ms`), ms);
      session.onEnd((error) => {
        clearTimeout(timer);
        reject(error);
      });
      session.#socket.once(tls === undefined ? "connect" : "secureConnect", () => {
        clearTimeout(timer);
        resolve(session);
      });
    });
  }

  /** Whether requests can be sent; once it is false it stays so. */
  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /** Whether the server has ever answered. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** Tells when the session ends, at once if it has ended. */
  onEnd(listener: (error: Error) => void): void {
    if (this.#end === undefined) this.#onEnd.add(listener);
    else listener(this.#end);
  }

  /**
   * Sends a request and waits for its answer, at most for a given time.
   *
   * A session that is silent for `requestTimeoutMs`, although it was asked, is ended: nobody may be
   * there.
   *
   * @throws {BrokerUnreachableError} If there is no answer in time.
   * @throws {RemotingProtocolError} If the server does not speak the protocol.
   */
  request(request: Request, ms = this.#timeoutMs): Promise<Frame> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) return reject(this.#end);
      const opaque = this.#nextNumber();
      this.#silentSince = Math.min(this.#silentSince, performance.now());
      const timer = setTimeout(() => {
        const state = `no answer within ${Math.ceil(ms)} ms`;
        settle(reject)(new BrokerUnreachableError(this.address, state, true));
        // A timer may be up to a millisecond early.
        if (performance.now() - this.#silentSince > this.#timeoutMs - 1) this.#lose(state);
      }, ms);
      const settle = <T>(then: (value: T) => void) => (value: T) => {
        clearTimeout(timer);
        this.#waiting.delete(opaque);
        then(value);
      };
      this.#waiting.set(opaque, { resolve: settle(resolve), reject: settle(reject) });
      this.#socket.write(encodeRequest(request, opaque, 0));
    });
  }

  /**
   * Sends a request that is not answered; resolves when the operating system has it.
   *
   * @throws {BrokerUnreachableError} If the connection ends before that.
   */
  send(request: Request): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) return reject(this.#end);
      this.#onEnd.add(reject);
      this.#socket.write(encodeRequest(request, this.#nextNumber(), ONE_WAY), (error) => {
        if (error) this.#lose(error.message, error);
        this.#onEnd.delete(reject);
        resolve();
      });
    });
  }

  /** Ends the session once all that was sent is with the operating system. */
  close(error: Error): void {
    if (this.#end !== undefined) return;
    this.#tellEnd(error, error);
    this.#socket.end(() => this.#socket.destroy());
  }

  /** Ends the session after a failure. */
  #lose(state: string, cause?: Error): void {
    if (this.#end !== undefined) return;
    this.#tellEnd(
      new BrokerUnreachableError(this.address, state, true, cause),
      new BrokerUnreachableError(this.address, state, false, cause),
    );
    this.#socket.destroy();
  }

  #tellEnd(forSent: Error, forOthers: Error): void {
    this.#end = forOthers;
    for (const { reject } of this.#waiting.values()) reject(forSent);
    for (const listener of this.#onEnd) listener(forOthers);
    this.#onEnd.clear();
  }

  #hear(bytes: Uint8Array): void {
    if (this.#end !== undefined) return;
    this.#hasAnswered = true;
    this.#silentSince = Infinity;
    try {
      for (const frame of this.#decoder.push(bytes)) {
        // Requests of the broker, and answers that come too late, concern nobody here.
        if ((frame.flag & RESPONSE) !== 0) this.#waiting.get(frame.opaque)?.resolve(frame);
      }
    } catch (error) {
      this.#tellEnd(error as Error, error as Error);
      this.#socket.destroy();
    }
  }

  #nextNumber(): number {
    return this.#opaque = (this.#opaque + 1) & 0x7fffffff;
  }
}
