/**
 * What the output of a mutant begins with that never came to an end. Stryker learns it as a failure
 * like any other: its own way to find out is to wait much longer.
 */
export const HUNG = "hung";
