/** The store was abandoned while a commit was under way. */
export class AbandonedError extends Error {
  override readonly name = "AbandonedError";

  constructor() {
    super("the store was abandoned");
  }
}
