import { importTests } from "../../support/import_tests.ts";

await importTests("architecture", "docs", "site", "power");
