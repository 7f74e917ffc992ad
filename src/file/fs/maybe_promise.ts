/**
 * What a call answers at once, or later.
 *
 * On the path of each persist nearly all is answered at once, and each `await` of such an answer
 * costs as much as a small call of the system. A function that is made to go on with one costs a
 * part of that: where it was measured to matter, `isLater` is asked, and a method beside does the rest.
 */
export type MaybePromise<T> = T | Promise<T>;

/** Goes on with an answer, at once if it is there. */
export function andThen<T, U>(
  answer: MaybePromise<T>,
  next: (value: T) => MaybePromise<U>,
): MaybePromise<U> {
  return isLater(answer) ? answer.then(next) : next(answer);
}

/** Makes a call, and has `failed` deal with its error, at once or later. */
export function orElse<T, U>(
  call: () => MaybePromise<T>,
  failed: (error: unknown) => U,
): MaybePromise<T | U> {
  try {
    const answer = call();
    return isLater(answer) ? answer.then(undefined, failed) : answer;
  } catch (error) {
    return failed(error);
  }
}

/** Whether an answer must be waited for; whatever has a `then` counts, as it does for `await`. */
export function isLater<T>(answer: MaybePromise<T>): answer is Promise<T> {
  // Most answers are numbers, or nothing. To look for a method in those as well takes Bun longer.
  // Stryker disable next-line ConditionalExpression,LogicalOperator,StringLiteral: the rest says the same
  if (answer === undefined || typeof answer === "number") return false;
  return typeof (answer as { then?: unknown } | null)?.then === "function";
}
