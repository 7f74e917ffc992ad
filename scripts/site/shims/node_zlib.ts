/** Stands for `node:zlib` in the browser. */
export { crc32 } from "../../../src/core/format/crc32.ts";
