/** The version of the package, as `package.json` and `deno.json` have it. */
export const VERSION = "0.1.0";
