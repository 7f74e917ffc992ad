/** The life of a store. */
export type Life =
  | { readonly is: "open" }
  /** The last persist is under way; if it fails, the store is open again. */
  | { readonly is: "closing"; readonly done: Promise<void> }
  | { readonly is: "abandoning"; readonly done: Promise<void> }
  /** `done` is the promise of the call that ended the store. */
  | { readonly is: "closed"; readonly done: Promise<void> };

/** Tells whether the store takes no calls any more. */
export function isEnded({ is }: Life): boolean {
  return is === "closed" || is === "abandoning";
}
