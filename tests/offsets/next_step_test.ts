/** Each refusal says what to do next, and the command that it names exists. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { serialize } from "../../mod.ts";
import { run, table, Workspace } from "../scripts/offsets_run.ts";

const T = table(["orders", "broker-a", 0, 10n]);

test("verify of a torn main names rescue, and of a good one nothing", async () => {
  await using w = await Workspace.make();
  const torn = await w.write("torn/offset.json", '{"offsetTable":{');
  const { code, out } = await run(["verify", torn]);
  assert.equal(code, 1);
  assert.match(out, /\nSee what can be recovered with: .* rescue .*torn.offset\.json\n$/);
  const good = await w.write("good/offset.json", T);
  assert.doesNotMatch((await run(["verify", good])).out, /rescue/);
});

test("an empty backup is Go's only beside a main that Go may have written", async () => {
  await using w = await Workspace.make();
  for (
    const [checksum, code, words] of [[false, 0, "as Go leaves it"], [true, 1, "bad"]] as const
  ) {
    const path = await w.write("offset.json", serialize(T, { checksum }));
    await w.write("offset.json.bak", "");
    const { out, code: exit } = await run(["verify", path]);
    assert.equal(exit, code, out);
    assert.match(out.split("\n").find((line) => / backup /.test(line))!, new RegExp(words));
    const listed = JSON.parse((await run(["list", w.root, "--json"])).out).stores;
    assert.deepEqual(listed.map(({ health }: { health: string }) => health), [
      checksum ? "ok, backup bad" : "ok",
    ]);
  }
});

test("a directory in place of a file: list shows the files in it", async () => {
  await using w = await Workspace.make();
  await w.write("group/offset.json", T);
  const path = w.path("group");
  for (const command of [["show", path], ["export", path, "--csv"]]) {
    const { code, err } = await run(command);
    assert.equal(code, 3);
    assert.match(err, /it is a directory\n {2}Name the file in it\. See the stores with: .* list /);
  }
});

test("import of a file that is not there: name it with --from", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", T);
  const { code, err } = await run(["import", path, "--csv", "--from", w.path("none.csv")]);
  assert.equal(code, 3);
  assert.match(err, /there is no such file\n {2}Name the file to import with --from/);
});

test("a dry run of a refused change names the option, not --yes alone", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", T);
  const queue = ["--topic", "orders", "--broker", "broker-a", "--queue", "0"];
  const { code, out, err } = await run(["set", path, ...queue, "5"]);
  assert.equal(code, 2);
  assert.match(out, /it would be refused: [^]*--force/);
  assert.match(err, /--yes alone would not do it\.\n$/);
});
