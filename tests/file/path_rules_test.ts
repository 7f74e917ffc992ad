/** O6, U6: the names and the roots that each platform keeps as they are written. */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import fc from "fast-check";
import { checkRoot } from "../../src/file/path_rules.ts";
import { storePath } from "../../src/file/paths.ts";
import { check } from "../support/check.ts";

const onWindows = (clientId: string, root = "C:\\r") =>
  storePath({ clientId, group: "g", root }, "win32").path;
const onPosix = (clientId: string) => storePath({ clientId, group: "g", root: "/r" }, "posix").path;

test("O6 on Windows a name is refused that Windows would refuse, change or take for a device", () => {
  const refused: [string, string][] = [
    ...[...'<>:"|?*\u0001\u001f\n'].map((char): [string, string] => [
      `a${char}b`,
      `Windows refuses the character ${JSON.stringify(char)}`,
    ]),
    ...["trail.", "trail ", "trail. ", "..."].map((name): [string, string] => [
      name,
      "Windows leaves out a dot or a space at the end",
    ]),
    ...["con", "NUL", "nul.txt", "Com1", "lpt9.a.b", "COM¹", "aux", "PRN", "CONIN$", "nul .x"].map(
      (name): [string, string] => [name, "Windows takes it for a device"],
    ),
  ];
  for (const [name, state] of refused) {
    const message = `Cannot use clientId ${JSON.stringify(name)}: ${state}`;
    assert.throws(() => onWindows(name), { name: "TypeError", message });
    // POSIX keeps every name.
    assert.equal(onPosix(name), `/r/${name}/g/offset.json`);
    const root = `D:\\data\\${name}\\x`;
    assert.throws(() => checkRoot("root", root, "win32"), {
      name: "TypeError",
      message: /^Cannot use root "/,
    });
  }
  for (
    const name of ["10.0.0.7@4711", "a.b", " lead", ".hidden", "console", "com10", "nullx", "ä"]
  ) {
    assert.equal(onWindows(name), `C:\\r\\${name}\\g\\offset.json`);
  }
});

test("O6 a name that Windows takes is the same name when Windows has normalized it", () => {
  // Windows itself: characters that end a name are left out, and what is refused has no name.
  const normalized = (name: string) => name.replace(/[. ]+$/, "");
  const char = fc.constantFrom(..."ab.- :*?\u0002");
  check(fc.property(fc.string({ unit: char, minLength: 1, maxLength: 6 }), (name) => {
    try {
      onWindows(name);
    } catch {
      return;
    }
    assert.equal(normalized(name), name);
    for (const char of ":*?\u0002") assert.ok(!name.includes(char));
  }));
});

test("O6 a root on Windows names its drive and its directory", () => {
  const root = (text: string) => checkRoot("root", text, "win32");
  for (const text of ["\\offsets", "/offsets", "\\"]) {
    assert.throws(() => root(text), {
      name: "TypeError",
      message: `Cannot use root ${JSON.stringify(text)}: it depends on the current drive; ` +
        `write the drive before it, "C:${text}"`,
    });
  }
  for (const text of ["C:", "c:offsets"]) {
    assert.throws(() => root(text), /it depends on the current directory of the drive; write "\\"/);
  }
  for (
    const text of [
      ...["C:\\offsets", "d:/offsets/x", "\\\\server\\share\\x", "//server/share", "..\\x", "data"],
      "\\\\?\\C:\\trail.",
    ]
  ) root(text);
});

test("U6 a path on POSIX may hold what a URL or a drive holds, after a slash", () => {
  for (const text of ["/r/http://x", "a:b", "/~", "./~/x", "C:\\r"]) {
    checkRoot("root", text, "posix");
  }
});

test("O6 U6 a home directory is checked as a root that is given", () => {
  const names = ["rocketmq.client.localOffsetStoreDir", "HOME", "USERPROFILE"];
  const before = names.map((name) => process.env[name]);
  const set = (values: readonly (string | undefined)[]) =>
    names.forEach((name, i) => {
      if (values[i] === undefined) delete process.env[name];
      else process.env[name] = values[i];
    });
  const open = () => storePath({ clientId: "c", group: "g" }, "win32").path;
  try {
    // As a shell for Windows may have it that comes from another system.
    set([undefined, "/c/Users/me", "C:\\Users\\me"]);
    assert.throws(
      open,
      /^TypeError: Cannot use HOME "\/c\/Users\/me": it depends on the current drive/,
    );
    set([undefined, undefined, "C:\\Users\\me"]);
    assert.equal(open(), "C:\\Users\\me\\.rocketmq_client_go\\c\\g\\offset.json");
  } finally {
    set(before);
  }
});
