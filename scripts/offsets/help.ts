import { COMMON_OPTIONS } from "./args.ts";
import type { Command } from "./command.ts";

const EXIT_CODES =
  `Exit codes: 0 fine, 1 a negative finding, 2 wrong usage, 3 it could not be done.`;

/** The program's help. */
export function programHelp(commands: Iterable<Command>, program: string): string {
  const list = [...commands];
  return `Looks at, checks, changes and rescues the offset files of RocketMQ consumers
(Go's offset.json, Java's offsets.json).

Usage: offsets COMMAND … [--json]
       offsets COMMAND --help

${columns(list.map((command) => [command.name, command.summary]))}

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
  const options = Object.entries({ ...command.options, ...COMMON_OPTIONS })
    .map(([name, { value, help }]) => [`--${name}${value === undefined ? "" : ` ${value}`}`, help]);
  return `${command.summary}

Usage: offsets ${command.usage} [--json]

${command.details}

${columns(options)}

Examples:
${command.examples.map((example) => `  offsets ${example}`).join("\n")}

${EXIT_CODES}
`;
}

function columns(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}
