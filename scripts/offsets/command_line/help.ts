import { COMMON_OPTIONS } from "./args.ts";
import type { Command } from "./command.ts";
import { helpColumns, optionRows, wrap } from "../../lib/words.ts";

const EXIT_CODES =
  `Exit codes: 0 fine, 1 a negative finding, 2 wrong usage, 3 it could not be done.`;

/** A longer name is written once. */
const LONGEST_NAME = 24;

/** The program's help. */
export function programHelp(commands: Iterable<Command>, program: string): string {
  const { name, meaning } = nameOf(program);
  const list = [...commands];
  return `Looks at, checks, changes and rescues the offset files of RocketMQ consumers
(Go's offset.json, Java's offsets.json; those of ali-ons it shows and converts).

Usage: ${name} COMMAND … [--json]
       ${name} COMMAND --help
       ${name} --version

${helpColumns(list.map((command) => [command.name, command.summary]))}

Examples:
  ${name} list ~/.rocketmq_client_go
  ${name} verify ~/.rocketmq_client_go/*/*/offset.json
  ${name} rescue broken/offset.json --yes

Stop the consumer before you change its file: it writes its own table over yours.
${meaning}
${EXIT_CODES}
`;
}

/** The help of one command. */
export function commandHelp(command: Command, program: string): string {
  const { name, meaning } = nameOf(program);
  return `${command.summary}

Usage: ${name} ${command.usage} [--json]

${wrap(command.details)}

${helpColumns(optionRows({ ...command.options, ...COMMON_OPTIONS }))}

Examples:
${command.examples.map((example) => `  ${name} ${example}`).join("\n")}
${meaning}
${EXIT_CODES}
`;
}

function nameOf(program: string): { readonly name: string; readonly meaning: string } {
  if (program.length <= LONGEST_NAME) return { name: program, meaning: "" };
  return { name: "offsets", meaning: `"offsets" stands for\n  ${program}\n` };
}
