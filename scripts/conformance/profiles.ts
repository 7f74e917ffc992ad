/** The clauses that clients do not promise, each with the reason. */
const NOBODY_ELSE = {
  "U6.refusal": "the client trusts its caller",
  "S5.refusal": "its reader is lenient: a file is read as far as it makes sense to it",
  L3: "open does not tell where its offsets are from",
  P6: "each persist writes the file",
  P9: "one process at a time is expected to use a file",
};

const HASH_MAP = {
  S2: "the order of the entries is that of a hash map",
  S4: "the order of the entries is that of a hash map",
};

const PROFILES: Record<string, Readonly<Record<string, string>>> = {
  reference: {},
  go: {
    ...NOBODY_ELSE,
    ...HASH_MAP,
    U7: "it has no freeze",
    D1: "remove does nothing",
    "U5.offsets": "v2.0.0 cannot list its offsets",
    S7: "it does not read Java's object keys",
  },
  java: {
    ...NOBODY_ELSE,
    ...HASH_MAP,
    S3: "later releases write with fastjson 2, which lays objects out in another way",
    S4: "the order of the entries is that of a hash map, and the layout that of its JSON library",
    S7: "it reads Go's string keys with fastjson 1 only, and later releases have fastjson 2",
    "L2.temporary": "whenever its main file is missing, its backup is there",
    U7: "it can freeze an offset from 5.x on",
    "R1.negative": "memory answers with any offset that it holds, a negative one too",
    "P1.named": "a persist of some queues replaces these in the file, and no others",
  },
  rust: {
    ...NOBODY_ELSE,
    ...HASH_MAP,
    S3: "it writes Go's keys, pretty-printed",
    S4: "the order of the entries is that of a hash map, and the text is pretty-printed",
    S7: "it reads Go's string keys only",
    R2: "it also writes behind the calls, after an update",
    "P1.none": "it also writes behind the calls, after an update",
    P7: "it also writes behind the calls, after an update",
    "G1.name": "its files are called as Java's, with keys as Go's",
    "R1.negative": "memory answers with any offset that it holds, a negative one too",
    "L2.temporary": "whenever its main file is missing, its backup is there",
    "P1.named": "a persist of some queues writes these, as Java's client does",
  },
};

export const PROFILE_NAMES: readonly string[] = Object.keys(PROFILES);

/** Why a client of this profile is not expected to hold the clause; `undefined` if it is. */
export function documentedDifference(profile: string, id: string): string | undefined {
  return PROFILES[profile][id];
}
