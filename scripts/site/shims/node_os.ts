/** Stands for `node:os` in the browser, where no system call fails. */
export const constants: { readonly errno: Readonly<Record<string, number>> } = { errno: {} };
