/** What ends a case other than well. */

/** A clause does not hold. */
export class Violation extends Error {
  override readonly name = "Violation";
  /** What the clause asks for, in this case. */
  readonly expected: string;
  /** What the client did instead. */
  readonly happened: string;

  constructor(expected: string, happened: string) {
    super(`${expected}; ${happened}`);
    this.expected = expected;
    this.happened = happened;
  }
}

/** The client has no such operation. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";
}

/** The condition could not be brought about on this machine, or with this driver. */
export class NotShown extends Error {
  override readonly name = "NotShown";
}

/** The driver has ended by itself, or does not answer. */
export class DriverDied extends Error {
  override readonly name = "DriverDied";
  /** What it wrote to its standard error last. */
  readonly errors: string;

  constructor(how: string, errors: string) {
    super(`the driver ${how}`);
    this.errors = errors;
  }
}
