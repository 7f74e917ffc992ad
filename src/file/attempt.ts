/**
 * Makes a call that may answer at once, and tells of its error as a promise does.
 *
 * On the path of each persist it stands for an async function, which costs several times as much.
 */
export function attempt<T>(call: () => T | Promise<T>): Promise<T> {
  try {
    return Promise.resolve(call());
  } catch (error) {
    return Promise.reject(error);
  }
}
