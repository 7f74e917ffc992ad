/**
 * The beginning of the output of a mutant that never came to an end. Stryker takes it for an
 * ordinary failure, because Stryker's own timeout is much longer.
 */
export const HUNG = "hung";
