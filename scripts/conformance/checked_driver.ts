import { checkAnswer } from "./check_answer.ts";
import type { Answer, Driver, Launch, Request } from "./protocol.ts";

/** A driver whose answers are as the protocol says: any other answer is an error. */
export class CheckedDriver implements Driver {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  /** Starts a driver and checks its answers. */
  static async start(launch: Launch, prefix?: readonly string[]): Promise<CheckedDriver> {
    return new CheckedDriver(await launch(prefix));
  }

  get pid(): number | undefined {
    return this.#driver.pid;
  }

  /** @throws {BadAnswer} If the answer is not as the protocol says. */
  async request(request: Request): Promise<Answer> {
    return checkAnswer(request, await this.#driver.request(request));
  }

  kill(): Promise<void> {
    return this.#driver.kill();
  }

  end(): Promise<void> {
    return this.#driver.end();
  }
}
