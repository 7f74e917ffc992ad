/** Our own store with one fault each. The kit must find each fault, with a short story. */
import type { Fault } from "./fault.ts";
import { FILE_FAULTS } from "./faults_file.ts";
import { PERSIST_FAULTS } from "./faults_persist.ts";
import { UPDATE_FAULTS } from "./faults_update.ts";

export const FAULTS: Record<string, Fault> = {
  ...UPDATE_FAULTS,
  ...FILE_FAULTS,
  ...PERSIST_FAULTS,
};
