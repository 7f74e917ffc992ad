import { type Peer, stateOf } from "./peer.ts";

export const conf: Peer = {
  name: "conf",
  writes: "the whole table",
  async open({ directory, queues }) {
    const { default: Conf } = await import("conf");
    const { offsets, step } = stateOf(queues);
    // A dot in a name would be a path.
    const conf = new Conf({
      cwd: directory,
      configName: "conf",
      accessPropertiesByDotNotation: false,
    });
    conf.store = { offsets };
    const persist = () => {
      step();
      conf.set("offsets", offsets);
    };
    return { name: "conf", persist, close() {} };
  },
};
