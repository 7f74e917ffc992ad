/** Stands for `node:process` in the browser. */
export default { env: {}, platform: "linux" };
