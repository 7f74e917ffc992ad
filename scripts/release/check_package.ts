/** Checks the tarball as the registries' users would see it, without publishing it. */
import { runProgram } from "./run_program.ts";
import { dryRuns } from "./stage.ts";

/** The packages of the checkers; npx fetches them, and no checkout installs them. */
const PUBLINT = "publint@0.3.25";
const TYPES = "@arethetypeswrong/cli@0.18.5";

/** A check, and the command that makes it. */
export interface PackageCheck {
  readonly name: string;
  readonly command: readonly string[];
}

/** All checks of a tarball. */
export function packageChecks(tarball: string): PackageCheck[] {
  return [
    { name: "publint", command: ["npx", "-y", PUBLINT, "run", tarball, "--strict"] },
    // The package is for ES modules alone: CommonJS and the oldest resolution do not count.
    {
      name: "are the types wrong",
      command: ["npx", "-y", TYPES, tarball, "--profile", "esm-only"],
    },
    ...dryRuns().map((command) => ({
      name: `dry run of ${command[0] === "npm" ? "npm" : "deno"} publish`,
      command,
    })),
  ];
}

/**
 * Runs the checks in turn.
 *
 * @param passed Called with the name of each check that holds.
 * @throws {ReleaseError} At the first one that does not.
 */
export async function checkPackage(
  root: string,
  tarball: string,
  passed: (name: string) => void,
): Promise<void> {
  for (const { name, command } of packageChecks(tarball)) {
    await runProgram(root, command);
    passed(name);
  }
}
