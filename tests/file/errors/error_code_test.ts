/** What an error of the file system means is told by its code alone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  errorCode,
  isBusy,
  isLinkUnsupported,
  isMissing,
  isNoLink,
  isUnreadable,
} from "../../../src/file/errors/error_code.ts";
import { systemError } from "../../support/faulty_file_system.ts";

const KINDS = {
  missing: [isMissing, ["ENOENT"]],
  unreadable: [isUnreadable, ["EIO", "EUCLEAN", "EBADMSG", "EILSEQ", "ENODATA"]],
  "no links": [
    isLinkUnsupported,
    ["EPERM", "EXDEV", "EMLINK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EISDIR"],
  ],
  "no link": [isNoLink, ["EINVAL", "UNKNOWN"]],
  busy: [isBusy, ["EPERM", "EBUSY", "EACCES"]],
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

test("L5 a code is a text; whatever else a runtime calls so is none", () => {
  assert.equal(errorCode(systemError("EIO", "read")), "EIO");
  for (const error of [{ code: 5 }, { code: null }, {}, undefined, null, "EIO"]) {
    assert.equal(errorCode(error), undefined);
  }
});
