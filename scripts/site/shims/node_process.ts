import { crc32 } from "../../../src/core/format/crc32.ts";

/** Stands for `node:process` in the browser; the only built-in that the store asks it for is zlib. */
export default { env: {}, platform: "linux", getBuiltinModule: () => ({ crc32 }) };
