import { setTimeout } from "node:timers";
import type { Deadline } from "./deadline.ts";
import { Session, type SessionSettings } from "./session.ts";

const FIRST_REST_MS = 100;
const LONGEST_REST_MS = 5000;

/** There is no session. After each failure in a row the rest is twice as long. */
interface Idle {
  readonly is: "idle";
  readonly failures: number;
  readonly restUntil: number;
}

interface Opening {
  readonly is: "opening";
  readonly session: Promise<Session>;
}

type State =
  | Idle
  | Opening
  | { readonly is: "open"; readonly session: Session }
  | { readonly is: "closed"; readonly error: Error };

/** Keeps a session with a server, and makes a new one when it is needed again. */
export class Connection {
  readonly address: string;
  readonly #settings: SessionSettings;
  #state: State = { is: "idle", failures: 0, restUntil: 0 };

  constructor(address: string, settings: SessionSettings) {
    this.address = address;
    this.#settings = settings;
  }

  /** When the next attempt to connect may begin, as `performance.now` counts; 0 for at once. */
  get restUntil(): number {
    return this.#state.is === "idle" ? this.#state.restUntil : 0;
  }

  /**
   * The session, which all callers share; connects if there is none.
   *
   * @throws {BrokerUnreachableError} If there is none in time.
   */
  async session(deadline: Deadline): Promise<Session> {
    const state = this.#state.is === "idle" ? this.#open(this.#state) : this.#state;
    if (state.is === "closed") throw state.error;
    return state.is === "open" ? state.session : await deadline.within(state.session);
  }

  /** Ends the session, and has every caller fail with the error. */
  close(error: Error): void {
    const state = this.#state;
    this.#state = { is: "closed", error };
    if (state.is === "open") state.session.close(error);
  }

  #open({ failures, restUntil }: Idle): Opening {
    const session = this.#connect(restUntil);
    session.then((opened) => this.#hasOpened(opened, failures), () => this.#rest(failures + 1));
    return this.#state = { is: "opening", session };
  }

  async #connect(restUntil: number): Promise<Session> {
    const rest = restUntil - performance.now();
    if (rest > 0) await new Promise<void>((resolve) => setTimeout(resolve, rest).unref());
    if (this.#state.is === "closed") throw this.#state.error;
    return await Session.open(this.address, this.#settings);
  }

  #hasOpened(session: Session, failures: number): void {
    if (this.#state.is === "closed") return session.close(this.#state.error);
    this.#state = { is: "open", session };
    // A server that takes connections and answers nothing has failed too.
    session.onEnd(() => this.#rest(session.hasAnswered ? 0 : failures + 1));
  }

  #rest(failures: number): void {
    if (this.#state.is === "closed") return;
    const rest = Math.min(FIRST_REST_MS * 2 ** (failures - 1), LONGEST_REST_MS);
    // Up to half of it is left to chance, or all clients of a broker come back at one instant.
    const restUntil = failures === 0 ? 0 : performance.now() + rest * (1 - Math.random() / 2);
    this.#state = { is: "idle", failures, restUntil };
  }
}
