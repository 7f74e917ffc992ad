import { Random } from "../../../lib/random.ts";
import type { DiskName } from "./disks.ts";
import type {
  Commit,
  Interruption,
  Settings,
  Step,
  Story,
  Stranger,
  StrangerAct,
  System,
  Tool,
  Who,
} from "./story.ts";
import { EMPTY, type Table } from "./table.ts";

/** The main subject of a story. */
export interface Subject {
  /** The chance that a commit is interrupted, and by what. */
  readonly interrupted: number;
  readonly by: readonly (
    | "fails"
    | "fails late"
    | "kill"
    | "stranger"
    | "tool"
    | "commit"
    | "open"
  )[];
  /** The processes that act. */
  readonly whos: readonly Who[];
  /** The chance that a step is a stranger's. */
  readonly strangers: number;
  /** The chance that times are coarse. */
  readonly coarse: number;
  readonly disks: readonly DiskName[];
}

const OURS: readonly DiskName[] = ["nothing", "nothing", "main", "main and backup"];

export const SUBJECTS = {
  "one process": {
    ...{ interrupted: 0.2, by: ["kill"], whos: ["A"], strangers: 0, coarse: 0.1, disks: OURS },
  },
  "failing calls": {
    ...{ interrupted: 0.5, by: ["fails", "fails late", "kill"] },
    ...{ whos: ["A"], strangers: 0, coarse: 0, disks: OURS },
  },
  "strangers": {
    ...{ interrupted: 0.2, by: ["stranger", "stranger", "kill"], whos: ["A"] },
    ...{ strangers: 0.4, coarse: 0.3 },
    disks: [
      ...OURS,
      "main of Go's, nothing synced",
      "directories of others, not synced",
      "main torn, backup good",
      "main missing, backup good",
      "main missing, Go's temporary file complete",
    ],
  },
  "two processes": {
    ...{
      interrupted: 0.3,
      by: ["commit", "commit", "tool", "open", "kill", "fails"],
      whos: ["A", "B"],
    },
    ...{ strangers: 0.05, coarse: 0.1, disks: OURS },
  },
} as const satisfies Readonly<Record<string, Subject>>;

export type SubjectName = keyof typeof SUBJECTS;

/** Strangers have two turns: where one has written, a power cut is mostly not the store's affair. */
const TURNS: readonly SubjectName[] = [
  ...["one process", "strangers", "failing calls", "two processes", "strangers"] as const,
];

/** The subject of a seed. */
export function subjectOf(seed: number): SubjectName {
  return TURNS[seed % TURNS.length];
}

const QUEUES = 3;
/** So few that tables return. */
const OFFSETS = 2;
const STEPS = { least: 5, most: 11 };

/** The calls that are interrupted; a commit makes some of them, and some of them several times. */
const CALLS = [
  ...["stat", "create", "write", "fileStat", "backdate", "sync", "close", "link", "rename"],
  ...["unlink", "syncDirectory", "syncData", "reserve", "readFile", "makeDirectory", "chmod"],
  ...["rename", "unlink", "syncDirectory", "syncData", "write", "sync"],
];

/** The story of a seed, always the same. */
export function generate(seed: number): Story {
  return new Generator(seed).story();
}

class Generator {
  readonly #random: Random;
  readonly #subject: Subject;

  constructor(seed: number) {
    this.#random = new Random(`story ${seed}`);
    this.#subject = SUBJECTS[subjectOf(seed)];
  }

  story(): Story {
    const random = this.#random;
    const { whos, coarse, disks } = this.#subject;
    const steps: Step[] = whos.map((who) => this.#open(who));
    const count = STEPS.least + random.below(STEPS.most - STEPS.least + 1);
    while (steps.length < count + whos.length) steps.push(...this.#steps());
    const systems: readonly System[] = ["short writes", "no hard links"];
    return {
      disk: random.pick(disks),
      ...random.chance(0.1) ? { system: random.pick(systems) } : {},
      splitRename: random.chance(0.5),
      ...random.chance(coarse) ? { timesMs: random.pick([1000, 2000]) } : {},
      steps,
      recovery: this.#settings(),
    };
  }

  /** A step, and those that belong to it. */
  #steps(): Step[] {
    const random = this.#random;
    const { whos, strangers } = this.#subject;
    const who = random.pick(whos);
    if (random.chance(strangers)) return [this.#stranger()];
    switch (random.below(15)) {
      case 0:
        return [{ do: "remove", who, queue: this.#queue() }, this.#commit(who)];
      case 1:
        return [{ do: "read", who, queue: this.#queue() }];
      case 2:
        return [{ do: "kill", who }, this.#open(who)];
      case 3:
        return [{ do: "cut", pick: random.below(100) }, ...whos.map((who) => this.#open(who))];
      case 4:
        return [{ do: "close", who, ...this.#but(who) }, this.#open(who)];
      case 5:
        return [{ do: "wait", ms: random.pick([50, 1100, 2100]) }, this.#commit(who)];
      case 6:
        return [this.#change(who), this.#change(who), this.#commit(who)];
      case 7:
      case 8:
        return this.#thereAndBack(who);
      case 9:
        return [this.#tool(), this.#open(who)];
      default:
        return [this.#change(who), this.#commit(who)];
    }
  }

  /** A queue comes and goes, or its offset does: the table is then, perhaps, what it was. */
  #thereAndBack(who: Who): Step[] {
    const random = this.#random;
    const queue = this.#queue();
    const there: Step[] = [
      { do: "set", who, queue, offset: OFFSETS },
      { do: "persist", who, ...this.#but(who) },
    ];
    if (random.chance(0.4)) return [...there, { do: "delete", who, queue, ...this.#but(who) }];
    const back: Step = { do: "set", who, queue, offset: 1 };
    return random.chance(0.7)
      ? [...there, back, { do: "persist", who, ...this.#but(who) }]
      : [...there, back, { do: "close", who, ...this.#but(who) }, this.#open(who)];
  }

  #change(who: Who): Step {
    const random = this.#random;
    const what = random.pick(["set", "set", "set", "set", "set", "raise", "freeze"] as const);
    return { do: what, who, queue: this.#queue(), offset: this.#offset() };
  }

  #commit(who: Who): Commit {
    return this.#random.chance(0.25)
      ? { do: "delete", who, queue: this.#queue(), ...this.#but(who) }
      : { do: "persist", who, ...this.#but(who) };
  }

  #but(who: Who): Pick<Commit, "but"> {
    return this.#random.chance(this.#subject.interrupted) ? { but: this.#interruption(who) } : {};
  }

  #interruption(who: Who): Interruption {
    const random = this.#random;
    const place = { call: random.pick(CALLS), nth: 1 + random.below(3) };
    const by = random.pick(this.#subject.by);
    const other = random.pick(this.#subject.whos.filter((each) => each !== who));
    switch (by) {
      case "stranger":
        return { ...place, what: this.#stranger() };
      case "tool":
        return { ...place, what: this.#tool() };
      case "commit":
        return { ...place, what: { do: "persist", who: other } };
      case "open":
        return { ...place, what: this.#open(other) };
      default:
        return { ...place, what: by };
    }
  }

  #open(who: Who): Extract<Step, { do: "open" }> {
    return { do: "open", who, with: this.#settings() };
  }

  #settings(): Settings {
    const random = this.#random;
    const compactAtBytes = random.pick([undefined, 0, 150, 600]);
    return {
      ...compactAtBytes === undefined ? {} : { journal: { compactAtBytes } },
      ...random.chance(0.4) ? { onConflict: "merge" } : {},
      ...random.chance(0.25) ? { checksum: false } : {},
    };
  }

  #stranger(): Stranger {
    const random = this.#random;
    const acts: readonly StrangerAct[] = ["go", "java", "rewrite", "rewrite", "truncate"];
    const act = random.pick(acts);
    return { do: "stranger", act, table: act === "truncate" ? EMPTY : this.#table() };
  }

  #tool(): Tool {
    return { do: "tool", table: this.#table() };
  }

  #table(): Table {
    const length = 1 + this.#random.below(QUEUES);
    return new Map(Array.from({ length }, () => [this.#queue(), this.#offset()] as const));
  }

  #queue(): number {
    return this.#random.below(QUEUES);
  }

  #offset(): number {
    return 1 + this.#random.below(OFFSETS);
  }
}
