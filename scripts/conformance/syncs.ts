import { dirname } from "node:path";

/** The syncs of a persist in a log of `strace -f -y`: of the file, and of its name. */
export function parseSyncs(log: string, main: string): { file: boolean; name: boolean } {
  const directory = dirname(main);
  let file = false;
  let name = true;
  for (const line of log.split("\n")) {
    const [, all] = /^\d+ +(syncfs|sync)\(/.exec(line) ?? [];
    const [, path] = /^\d+ +f(?:data)?sync\(\d+<([^>]*)>/.exec(line) ?? [];
    const renames = /^\d+ +rename(?:at2?)?\(/.test(line) && line.includes(`"${main}"`);
    if (path !== undefined && dirname(path) === directory || all !== undefined) file = true;
    // A new name is durable only after the next sync of its directory.
    if (renames) name = false;
    if (path === directory || all !== undefined) name = true;
  }
  return { file, name };
}
