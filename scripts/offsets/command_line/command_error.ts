/** A command cannot do what it was rightly asked; the message says what to do next. Exit code 3. */
export class CommandError extends Error {
  override readonly name = "CommandError";

  /**
   * @param message `Cannot <action> <quoted value>: <current state>`.
   * @param next What to do next.
   */
  constructor(message: string, next: string, options?: ErrorOptions) {
    super(`${message}\n  ${next}`, options);
  }
}
