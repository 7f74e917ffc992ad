import { readFileSync } from "node:fs";
import type { Checks } from "../check.ts";
import { offsetZero, queuesLeave, tornFile } from "./scenarios.ts";
import { type Ground, type Outcome, Stage } from "./stage.ts";

/** A consumer with a handler that takes a while, so that a kill or a close comes in the middle. */
const SLOW = { handlerMs: 3 };
const OURS = { store: "ours" } as const;
const OWN = { store: "own" } as const;

/** Holds ali-ons with our store against the broker, on one runtime. */
export async function checkOurStore(
  checks: Checks,
  ground: Ground,
  name: string,
  slice: boolean,
): Promise<void> {
  const check = (title: string, topic: string, act: (stage: Stage) => Promise<string>) =>
    checks.run(title, () => Stage.use(ground, `${name}-${topic}`, act));
  const none = { again: 0 };

  await check("SIGKILL at any time", "kill", killAtAnyTime);
  await check("SIGTERM while messages are held", "term", closeWhileHeld);
  await check("offset 0", "zero", async (stage) => demand(await offsetZero(stage, OURS), none));
  // The backup is one persist older than the torn file.
  await check("torn file", "torn", async (s) => demand(await tornFile(s, OURS), { again: 20 }));
  await check("one client id twice", "twins", oneClientId);
  if (slice) return;
  await check("SIGKILL during a message", "hold", killDuringMessages);
  await check("queues leave", "route", async (s) => demand(await queuesLeave(s, OURS), none));
  await check("import from ali-ons", "import", importOld);
  await check("two instance names", "pair", twoInstances);
}

/** Shows what the offset store of ali-ons itself loses; `docs/ali-ons.md` tells it. */
export async function checkOwnStore(checks: Checks, ground: Ground, name: string): Promise<void> {
  const check = (title: string, act: (stage: Stage) => Promise<Outcome>) =>
    checks.run(`its own store, ${title}`, async () => {
      const topic = `${name}-own-${title.replaceAll(" ", "-")}`;
      const { sent, lost } = await Stage.use(ground, topic, act);
      if (lost === 0) throw new Error("nothing was lost: correct docs/ali-ons.md");
      return `${lost} of ${sent} lost`;
    });

  await check("offset 0", (stage) => offsetZero(stage, OWN));
  await check("torn file", (stage) => tornFile(stage, OWN));
  await check("queues leave", (stage) => queuesLeave(stage, OWN));
}

/** Each start after a kill would wait five seconds for the lock; other checks do. */
const KILLED_OFTEN = { persistEachMessage: true, exclusive: false } as const;

async function killDuringMessages(stage: Stage): Promise<string> {
  const [kills, each] = [10, 37];
  // The last one needs a message to hold, too.
  await stage.send(kills * each + 1);
  for (let i = 0; i < kills; i++) {
    const consumer = await stage.start({ ...KILLED_OFTEN, holdAfter: each });
    await stage.said(consumer, /^holding$/m);
    await stage.kill(consumer);
  }
  return demand(await stage.finish({ persistEachMessage: true }), { kills, again: 0 });
}

async function killAtAnyTime(stage: Stage): Promise<string> {
  const kills = 20;
  await stage.send(kills * 20);
  for (let i = 0; i < kills; i++) {
    const consumer = await stage.start({ ...SLOW, ...KILLED_OFTEN });
    await stage.said(consumer, new RegExp(`^handled ${1 + (i * 7) % 17}$`, "m"));
    await stage.kill(consumer);
  }
  // The message whose handler has just ended may come again.
  return demand(await stage.finish({ persistEachMessage: true }), { kills, again: kills });
}

async function closeWhileHeld(stage: Stage): Promise<string> {
  await stage.send(420);
  for (let i = 0; i < 5; i++) {
    const consumer = await stage.start(SLOW);
    await stage.said(consumer, /^handled 40$/m);
    await stage.close(consumer);
  }
  return demand(await stage.finish(), { again: 0 });
}

async function importOld(stage: Stage): Promise<string> {
  await stage.send(40);
  const old = await stage.start(OWN);
  await stage.said(old, /^handled 40$/m);
  await stage.close(old);
  const written = readFileSync(stage.path("offsets.json"), "utf8");
  await stage.send(40);
  const outcome = await stage.finish({ from: "last" });
  if (readFileSync(stage.path("offsets.json"), "utf8") !== written) {
    throw new Error("the old file has changed");
  }
  return demand(outcome, { again: 0 });
}

async function oneClientId(stage: Stage): Promise<string> {
  const first = await stage.start();
  const second = stage.begin();
  const told = /^error ".*Another process uses the same client id .*instanceName/m;
  await stage.said(second, told);
  await stage.kill(second);
  if (/^ready$/m.test(second.output())) throw new Error("the second one was not refused");
  await stage.send(40);
  await stage.said(first, /^handled 40$/m);
  await stage.close(first);
  return "the second is refused";
}

async function twoInstances(stage: Stage): Promise<string> {
  const consumers = [];
  for (const instanceName of ["one", "two"]) {
    consumers.push(await stage.start({ instanceName, persistEachMessage: true }));
  }
  await stage.send(40);
  for (const consumer of consumers) {
    await stage.said(consumer, /^handled 40$/m);
    await stage.close(consumer);
    if (/^error/m.test(consumer.output())) throw new Error(consumer.output());
  }
  return "each handled 40 of 40";
}

/** Demands that nothing is lost, and no more comes again than told. */
function demand(
  { sent, lost, again }: Outcome,
  { kills, again: most }: { readonly kills?: number; readonly again: number },
): string {
  const seen = `${lost} of ${sent} lost, ${again} again` +
    (kills === undefined ? "" : `, ${kills} kills`);
  if (lost > 0 || again > most) throw new Error(`${seen}; at most ${most} may come again`);
  return seen;
}
