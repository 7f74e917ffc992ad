/** Drivers that break the protocol, `hostile_driver.ts KIND`: each has its own way. */
import process from "node:process";
import { createInterface } from "node:readline";
import { answer } from "./driver.ts";

const say = (text: string) => process.stdout.write(text);

/** The answers of each driver. A driver whose name begins with "late" answers `hello` well. */
const KINDS: Record<string, (op: string, answered: string) => void> = {
  "no answer": () => {},
  "late no answer": (op, answered) => op === "read" || say(answered),
  "no hello": (op, answered) => say(op === "hello" ? '{"ok":false,"error":"other"}\n' : answered),
  "no format": (op, answered) => say(op === "hello" ? '{"ok":true}\n' : answered),
  garbage: () => say("Starting up!\n"),
  "late garbage": (op, answered) => say(op === "update" ? "INFO update\n" : answered),
  "late extra line": (op, answered) => say(op === "update" ? answered + '{"ok":true}\n' : answered),
  "dies at start": () => die(),
  "late death": (op, answered) => op === "read" ? die() : say(answered),
  "path outside": (op, answered) =>
    say(op === "open" ? '{"ok":true,"path":"/etc/offset.json"}\n' : answered),
};

function die(): void {
  process.stderr.write("the reason is here\n");
  process.exit(7);
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  KINDS[process.argv[2]](request.op, JSON.stringify(await answer(request)) + "\n");
}
