/** Thrown if the release is not in order; the message says why, `cause` has what a tool printed. */
export class ReleaseError extends Error {
  override readonly name = "ReleaseError";
}
