import { importTests } from "../support/import_tests.ts";

await importTests("core", "core/format", "core/rules", "core/table", "fuzz", "lib");
