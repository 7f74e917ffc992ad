/** Somebody else has changed the files since they were looked at. */
export class ChangedMeanwhileError extends Error {
  override readonly name = "ChangedMeanwhileError";
}
