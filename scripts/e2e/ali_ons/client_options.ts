/** The options of a client of ali-ons in this folder, which logs nothing but errors. */
export function clientOptions(nameServer: string): Record<string, unknown> {
  const ignore = () => {};
  return {
    nameSrv: nameServer,
    // It would look up the name server by HTTP, which is not asked for, but must be there.
    httpclient: {},
    clientIP: "127.0.0.1",
    logger: { info: ignore, debug: ignore, warn: ignore, error: console.error },
  };
}
