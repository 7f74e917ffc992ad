/** Everything that ends a case early. */

/** A clause does not hold. */
export class Violation extends Error {
  override readonly name: string = "Violation";
  /** The behaviour that the clause asks for, in this case. */
  readonly expected: string;
  /** The behaviour of the client. */
  readonly happened: string;

  constructor(expected: string, happened: string) {
    super(`${expected}; ${happened}`);
    this.expected = expected;
    this.happened = happened;
  }
}

/** An answer of the driver is not as the protocol says. */
export class BadAnswer extends Violation {
  override readonly name = "BadAnswer";

  /**
   * @param op The operation that the kit asked for.
   * @param rule The rule of the protocol that the answer breaks.
   * @param answer The answer as text.
   */
  constructor(op: string, rule: string, answer: string) {
    super(`in the answer to ${op}, ${rule}`, `the driver answers ${answer}`);
  }
}

/** The client has no such operation. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";
}

/** This machine or this driver cannot bring the condition about. */
export class NotShown extends Error {
  override readonly name = "NotShown";
}

/** The kit cannot work with the driver at all. */
export class Unusable extends Error {
  override readonly name = "Unusable";
}

/** The driver has ended by itself, or the kit cannot talk to it any more. */
export class DriverDied extends Error {
  override readonly name: string = "DriverDied";
  /** The end of the driver's standard error. */
  readonly errors: string;

  constructor(how: string, errors: string) {
    super(`the driver ${how}`);
    this.errors = errors;
  }

  /** The message, and what the driver wrote to its standard error. */
  get story(): string {
    return this.errors === ""
      ? this.message
      : `${this.message}; its standard error:\n${this.errors}`;
  }
}

/** The driver lives but does not answer. */
export class NoAnswer extends DriverDied {
  override readonly name = "NoAnswer";
}
