import { parseArgs } from "node:util";
import { quote } from "./escape.ts";
import { nearestName } from "../../src/core/nearest_name.ts";
import { UsageError } from "./usage_error.ts";

/** How an option looks on the command line and in the help. */
export interface OptionShape {
  /** What stands for its value in the help; an option without one is a flag. */
  readonly value?: string;
  readonly help: string;
  /** The values that it takes, if they are few. */
  readonly choices?: readonly string[];
  /** Whether it may be given several times. */
  readonly repeats?: boolean;
}

export type OptionShapes = Readonly<Record<string, OptionShape>>;

/** A command line, taken apart. */
export interface Words {
  readonly operands: readonly string[];
  /** The texts that each option was given; a flag was given the empty text. */
  readonly given: ReadonlyMap<string, readonly string[]>;
}

/**
 * Takes a command line apart, with the same messages on every runtime.
 *
 * @param endsAtOperand Whether the first word that is no option begins the command line of another
 *   program, whose options are not looked at.
 * @returns `undefined` if it asks for help.
 * @throws {UsageError} If an option is unknown, or is given a value that it does not take, none
 *   that it needs, or two that it takes one of. The message is a reason, without the program's name.
 */
export function readWords(
  argv: readonly string[],
  options: OptionShapes,
  endsAtOperand = false,
): Words | undefined {
  const { tokens } = parseArgs({
    args: [...argv],
    // Not strict: the messages below say what would be right.
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value }]) => [
        name,
        { type: value === undefined ? "boolean" as const : "string" as const },
      ]),
    ),
  });
  const operands: string[] = [];
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (endsAtOperand && token.kind !== "option") {
      const command = argv.slice(token.index);
      return { operands: token.kind === "positional" ? command : command.slice(1), given };
    }
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    if (token.rawName === "-h" || token.name === "help") return undefined;
    if (!Object.hasOwn(options, token.name)) throw unknownOption(token.rawName, options);
    const option = options[token.name];
    const earlier = given.get(token.name) ?? [];
    if (earlier.length > 0 && !option.repeats) {
      throw new UsageError(`${token.rawName} is given twice`);
    }
    given.set(token.name, [...earlier, valueOf(option, token)]);
  }
  return { operands, given };
}

interface OptionToken {
  readonly rawName: string;
  readonly value?: string;
  readonly inlineValue?: boolean;
}

function valueOf(option: OptionShape, { rawName, value, inlineValue }: OptionToken): string {
  if (option.value === undefined) {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value`);
    return "";
  }
  // `--topic --force` forgot the topic; `--topic=--force` means it.
  if (value === undefined || value === "" || (value.startsWith("--") && !inlineValue)) {
    throw new UsageError(`${rawName} needs a value: ${rawName} ${option.value}`);
  }
  return value;
}

function unknownOption(raw: string, options: OptionShapes): UsageError {
  const names = Object.keys(options);
  const guess = nearestName(raw.replace(/^-+/, ""), names);
  const hint = guess === undefined
    ? `it knows ${names.map((name) => `--${name}`).join(", ")}`
    : `did you mean --${guess}?`;
  return new UsageError(`there is no option ${quote(raw)}, ${hint}`);
}

const WIDTH = 80;

/** Breaks a text into lines that fit a terminal; an empty line begins a new paragraph. */
export function wrap(text: string, width = WIDTH): string {
  return text.split("\n\n").map((paragraph) => {
    const lines = [""];
    for (const word of paragraph.split(/\s+/)) {
      const longer = `${lines.at(-1)} ${word}`.trimStart();
      if (longer.length <= width || lines.at(-1) === "") lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines.join("\n");
  }).join("\n\n");
}

/** The lines of a help that list options, or other names, with what they mean. */
export function helpColumns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  const indent = "\n" + " ".repeat(width + 4);
  return rows.map(([left, right]) =>
    `  ${left.padEnd(width)}  ${wrap(right, WIDTH - width - 4).replaceAll("\n", indent)}`
  ).join("\n");
}

/** The rows of a help for options. */
export function optionRows(options: OptionShapes): [string, string][] {
  return Object.entries(options).map(([name, { value, help }]) => [
    `--${name}${value === undefined ? "" : ` ${value}`}`,
    help,
  ]);
}
