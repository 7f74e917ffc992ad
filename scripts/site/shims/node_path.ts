/** Stands for `node:path` in the browser: the two functions that reading a store needs. */
const dirname = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf("/")));
const basename = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

export const posix = { dirname, basename };
export const win32 = posix;
export default { posix, win32, ...posix };
