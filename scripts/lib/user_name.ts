import { userInfo } from "node:os";

const NEEDED = ["username", "uid", "gid", "homedir"] as const;

/** The part of Deno that tells which permissions there are. */
interface Permissions {
  readonly Deno?: {
    readonly permissions: {
      querySync(wanted: { name: "sys"; kind: typeof NEEDED[number] }): { readonly state: string };
    };
  };
}

/** The name of the user who runs this process; `undefined` if the system does not tell. */
export function userName(): string | undefined {
  const { Deno } = globalThis as Permissions;
  const isAllowed = (kind: typeof NEEDED[number]) =>
    Deno === undefined || Deno.permissions.querySync({ name: "sys", kind }).state === "granted";
  // On a terminal, Deno would ask the user for a permission that it lacks.
  if (!NEEDED.every(isAllowed)) return undefined;
  try {
    return userInfo().username;
  } catch {
    // In a container the user may have no name.
    return undefined;
  }
}
