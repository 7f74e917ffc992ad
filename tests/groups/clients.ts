import { importTests } from "../support/import_tests.ts";

await importTests(
  "ali_ons",
  "remote",
  "remote/network",
  "remote/protocol",
  "remote/store",
);
