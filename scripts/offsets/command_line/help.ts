import { COMMON_OPTIONS } from "./args.ts";
import type { Command } from "./command.ts";
import { helpColumns, optionRows } from "../../lib/words.ts";

const EXIT_CODES =
  `Exit codes: 0 fine, 1 a negative finding, 2 wrong usage, 3 it could not be done.`;

/** The program's help. */
export function programHelp(commands: Iterable<Command>, program: string): string {
  const list = [...commands];
  return `Looks at, checks, changes and rescues the offset files of RocketMQ consumers
(Go's offset.json, Java's offsets.json; those of ali-ons it shows and converts).

Usage: offsets COMMAND … [--json]
       offsets COMMAND --help

${helpColumns(list.map((command) => [command.name, command.summary]))}

Examples:
  offsets list ~/.rocketmq_client_go
  offsets verify ~/.rocketmq_client_go/*/*/offset.json
  offsets rescue broken/offset.json --write

Stop the consumer before you change its file: it writes its own table over yours.
"offsets" stands for
  deno run --allow-read --allow-write --allow-env=NO_COLOR ${program}

${EXIT_CODES}
`;
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  return `${command.summary}

Usage: offsets ${command.usage} [--json]

${command.details}

${helpColumns(optionRows({ ...command.options, ...COMMON_OPTIONS }))}

Examples:
${command.examples.map((example) => `  offsets ${example}`).join("\n")}

${EXIT_CODES}
`;
}
