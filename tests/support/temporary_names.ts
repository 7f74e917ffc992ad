/** The name of a temporary file of ours, one of many, beside a main file. */
export function temporaryName(n: number, main = "offset.json"): string {
  return `${main}.${unique(n)}.tmp`;
}

/** The same of a pending backup. */
export function pendingBackupName(n: number, main = "offset.json"): string {
  return `${main}.${unique(n)}.bak.tmp`;
}

function unique(n: number): string {
  return `19700101T000000.000Z-${n.toString(16).padStart(8, "0")}`;
}
