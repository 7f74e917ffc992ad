/**
 * The values that lack one step of a sequence. The sequence is the value or a part of it. fast-check
 * shortens a sequence by halves first, and may leave single steps that are not needed.
 */
export function* withoutOneStep(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every(isStep)) {
      for (let i = value.length - 1; i >= 0; i--) yield value.toSpliced(i, 1);
    } else {
      for (const [i, part] of value.entries()) {
        for (const shorter of withoutOneStep(part)) yield value.with(i, shorter);
      }
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [name, part] of Object.entries(value)) {
      for (const shorter of withoutOneStep(part)) yield { ...value, [name]: shorter };
    }
  }
}

const isStep = (part: unknown) => typeof part === "object" && part !== null && "do" in part;

/** Leaves out each step without which the value still fails. */
export async function shorten(
  value: unknown,
  stillFails: (shorter: unknown) => Promise<boolean>,
): Promise<void> {
  for (let shorter = true; shorter;) {
    shorter = false;
    for (const candidate of withoutOneStep(value)) {
      if (!await stillFails(candidate)) continue;
      value = candidate;
      shorter = true;
      break;
    }
  }
}
