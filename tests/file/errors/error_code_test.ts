/** The code of a system error alone tells what it means. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  errorCode,
  isBusy,
  isDenied,
  isLinkUnsupported,
  isMissing,
  isNoLink,
  isUnreadable,
  isUnsupported,
  messageOf,
} from "../../../src/file/errors/error_code.ts";
import { systemError } from "../../support/faulty_file_system.ts";

const KINDS = {
  missing: [isMissing, ["ENOENT"]],
  unreadable: [isUnreadable, ["EIO", "EUCLEAN", "EBADMSG", "EILSEQ", "ENODATA"]],
  "no links": [
    isLinkUnsupported,
    ["EINVAL", "EPERM", "EXDEV", "EMLINK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EISDIR"],
  ],
  "no such call": [isUnsupported, ["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]],
  "no link": [isNoLink, ["EINVAL", "ENOSYS", "ENOTSUP", "UNKNOWN", "EISDIR"]],
  busy: [isBusy, ["EPERM", "EBUSY", "EACCES"]],
  denied: [isDenied, ["EACCES", "EPERM"]],
} as const;

const ALL = [...new Set(Object.values(KINDS).flatMap(([, codes]) => [...codes])), "ENOSPC", ""];

for (const [kind, [isIt, codes]] of Object.entries(KINDS)) {
  test(`L5 "${kind}" is said of ${codes.join(", ")} and of nothing else`, () => {
    const said = ALL.filter((code) => isIt(systemError(code, "call")));
    assert.deepEqual(said.sort(), [...codes].sort());
    for (const error of [undefined, null, "ENOENT", new Error("EIO"), { code: 2 }]) {
      assert.equal(isIt(error), false);
    }
  });
}

test("L6 Deno's errors for a missing permission have a name and no code", () => {
  for (const name of ["NotCapable", "PermissionDenied"]) {
    assert.ok(isDenied(Object.assign(new Error("denied"), { name })));
    assert.ok(!isDenied({ name }), "not an error");
  }
  assert.ok(!isDenied(Object.assign(new Error("denied"), { name: "NotFound" })));
});

test("P4 L5 anything that is thrown has a message", () => {
  assert.equal(messageOf(new Error("text")), "text");
  assert.equal(messageOf(new TypeError("text")), "text");
  for (const thrown of ["text", 5, undefined, null]) {
    assert.equal(messageOf(thrown), String(thrown));
  }
});

test("L5 a code is a text; a number or anything else is none", () => {
  assert.equal(errorCode(systemError("EIO", "read")), "EIO");
  for (const error of [{ code: 5 }, { code: null }, {}, undefined, null, "EIO"]) {
    assert.equal(errorCode(error), undefined);
  }
});
