import { join } from "node:path";
import { levelPeer } from "./level.ts";

export const classicLevel = levelPeer("classic-level, sync", async (directory) => {
  const { ClassicLevel } = await import("classic-level");
  return new ClassicLevel<string, string>(join(directory, "level"));
});
