import type { OptionShapes } from "../../lib/words.ts";
import { type CompletedCommand, PROGRAMS } from "./program.ts";

/** The completion for zsh; operands are completed as paths. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  return `#compdef ${PROGRAMS.join(" ")}
# Completion for zsh: source <(${PROGRAMS[0]} completion zsh)
_offsetstore() {
  local -a commands=(
${commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}\n`).join("")}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    _arguments --help --version
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(caseOf).join("")}  esac
}
compdef _offsetstore ${PROGRAMS.join(" ")}
`;
}

function caseOf({ name, options, choices }: CompletedCommand): string {
  const operand = choices === undefined ? "*:file:_files" : `1:value:(${choices.join(" ")})`;
  const lines = [...optionSpecs(options), operand].map((spec) => ` \\\n        ${quote(spec)}`);
  return `    ${name}) _arguments${lines.join("")} ;;\n`;
}

function optionSpecs(options: OptionShapes): string[] {
  return Object.entries(options).map(([name, { value, help, choices }]) => {
    const text = help.replace(/[[\]:\\]/g, "\\$&");
    if (value === undefined) return `--${name}[${text}]`;
    const action = choices === undefined ? "_files" : `(${choices.join(" ")})`;
    return `--${name}=[${text}]:${value.replaceAll(":", "")}:${action}`;
  });
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
