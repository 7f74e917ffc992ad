/** A task that checks the store, as `deno task verify` lists it. */
export interface Check {
  /** Its name in `deno.json`. */
  readonly task: string;
  /** The property that the check shows. */
  readonly shows: string;
  /** Programs that it needs besides npm, and how to get them; `undefined` if none. */
  readonly needs?: string;
  /** How long a full run takes. */
  readonly takes: string;
  /** A shorter run: its options, and how long it takes. */
  readonly slice?: { readonly options: string; readonly takes: string };
}

/** All checks: those on simulated and real disks, with real clients, of the parser and of the tests. */
export const CHECKS: readonly Check[] = [
  {
    task: "crash",
    shows: "Every crash and power cut that a simulated disk allows, up to three in a row, loses " +
      "nothing that was acknowledged; the protocol with a step taken away does.",
    takes: "longer than 15 minutes",
    slice: { options: "--depth 1", takes: "7 s" },
  },
  {
    task: "explore",
    shows: "Histories made up at random, of one process or two, with failing calls, kills, other " +
      "clients and the operator's tool, each crashed at every moment, lose nothing either; of what " +
      "does, the task prints the shortest history.",
    takes: "as long as you say: 10 minutes by default",
    slice: { options: "--count 60", takes: "30 s" },
  },
  {
    task: "faults",
    shows:
      "Every call of the file system may fail with every error, before and after its effect, " +
      "and a crash may follow: nothing acknowledged is lost.",
    takes: "1 to 3 minutes",
    slice: { options: "--one-out-of 53", takes: "16 s" },
  },
  {
    task: "power",
    shows:
      "Power cuts below ext4, xfs and btrfs: each image that the disk may hold is mounted and " +
      "loaded, and nothing promised is lost; what must lose does.",
    needs: "Linux, root, /dev/fuse and loop devices; on Debian, apt-get install e2fsprogs " +
      "xfsprogs btrfs-progs brings the file systems. A tool that is missing is named and skipped",
    takes: "10 to 20 minutes",
    slice: { options: "--slice", takes: "1 to 2 minutes" },
  },
  {
    task: "soak",
    shows:
      "Writers on a real disk are killed at random moments, and nothing acknowledged is lost; " +
      "or two processes write one store, and no file is torn and no maximum lost.",
    takes: "as long as told: about 10 kills a second",
    slice: { options: "--kills 300", takes: "30 s" },
  },
  {
    task: "syscalls",
    shows:
      "A kill and an EIO at every system call of a load, a persist and a close, on Deno, Bun " +
      "and Node.",
    needs: "strace, and the right to trace; on Debian, apt-get install strace brings it",
    takes: "2 to 5 minutes for each runtime",
    slice: { options: "--runtime deno", takes: "2 to 5 minutes" },
  },
  {
    task: "e2e",
    shows:
      "Real consumers on a real broker, killed and started again: ali-ons with our store, Go " +
      "and Java after our tool or our store changed their files, and the store that the broker " +
      "keeps. Each goes on exactly where it was.",
    needs:
      "a JDK, Maven, util-linux and iproute2; Go and npm for a part each. A tool that is missing is " +
      "named and left out",
    takes: "6 to 10 minutes",
    slice: { options: "--slice", takes: "2 to 3 minutes" },
  },
  {
    task: "fuzz",
    shows: "The parser and a naive oracle agree on a million files, whole and broken.",
    takes: "2 to 5 minutes",
    slice: { options: "--count 20000", takes: "3 s" },
  },
  {
    task: "mutate",
    shows: "A test fails at any change of the sources.",
    takes: "long, since there are some thousands of changes",
    slice: { options: "--quick --files 'src/core/rules/*.ts'", takes: "25 s" },
  },
  {
    task: "coverage",
    shows: "The lines and branches of the sources that the tests reach: all of src/core.",
    takes: "about a minute",
  },
];
