/** A text that is to be imported is no table of offsets; the message says where, and why. */
export class ExchangeError extends Error {
  override readonly name = "ExchangeError";

  /** @param place Where the fault is, such as `line 3`. */
  constructor(place: string, reason: string) {
    super(`${place}: ${reason}`);
  }
}
