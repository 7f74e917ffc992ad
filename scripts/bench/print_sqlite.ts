/** Prints the table of a SQLite database as `offsets show` prints that of a file: a contender. */
import process from "node:process";
import { openDatabase } from "./sqlite.ts";

/** So many rows are written at a time. */
const BATCH = 10_000;

const database = await openDatabase(process.argv[2]);
const rows = database.prepare(
  "SELECT topic, broker, queue, CAST(position AS TEXT) AS position FROM offsets" +
    " ORDER BY topic, broker, queue",
).iterate();

let text = "TOPIC       BROKER    QUEUE   OFFSET\n";
let count = 0;
for (const row of rows) {
  const { topic, broker, queue, position } = row as Record<string, string | number>;
  text += `${String(topic).padEnd(10)}  ${String(broker).padEnd(8)}  ` +
    `${String(queue).padStart(5)}  ${String(position).padStart(7)}\n`;
  if (++count % BATCH === 0) await write();
}
await write();

async function write(): Promise<void> {
  const hasRoom = process.stdout.write(text);
  text = "";
  if (!hasRoom) await new Promise((resolve) => process.stdout.once("drain", resolve));
}
