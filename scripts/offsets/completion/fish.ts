import { type CompletedCommand, PROGRAMS } from "./program.ts";

/** The completion for fish; a word that is no option is completed as a path. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const lines = PROGRAMS.flatMap((program) => [
    ...["help", "version"].map((name) =>
      `complete -c ${program} -f -n __fish_use_subcommand -l ${name}`
    ),
    ...commands.flatMap((command) => linesOf(program, command)),
  ]);
  return `# Completion for fish: ${PROGRAMS[0]} completion fish | source\n${lines.join("\n")}\n`;
}

function linesOf(
  program: string,
  { name, summary, options, choices }: CompletedCommand,
): string[] {
  const seen = `complete -c ${program} -n "__fish_seen_subcommand_from ${name}"`;
  return [
    `complete -c ${program} -f -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
    ...choices === undefined ? [] : [`${seen} -f -a ${quote(choices.join(" "))}`],
    ...Object.entries(options).map(([option, { value, help, choices }]) => {
      const kind = choices !== undefined
        ? ` -x -a ${quote(choices.join(" "))}`
        : value === undefined
        ? ""
        : " -r";
      return `${seen} -l ${option}${kind} -d ${quote(help)}`;
    }),
  ];
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
