import { type CompletedCommand, PROGRAMS } from "./program.ts";

/** The completion for bash; a word that is no option is completed as a path. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  return `# Completion for bash: eval "$(${PROGRAMS[0]} completion bash)"
_offsetstore() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${names} --help --version"
  else
    case "\${COMP_WORDS[1]} $previous" in
${commands.flatMap(choicesOf).map((line) => `      ${line}\n`).join("")}    esac
    if [ -z "$words" ]; then
      case "\${COMP_WORDS[1]} $current" in
${commands.map(optionsOf).map((line) => `        ${line}\n`).join("")}      esac
    fi
  fi
  [ -z "$words" ] || COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _offsetstore ${PROGRAMS.join(" ")}
`;
}

function choicesOf({ name, options, choices }: CompletedCommand): string[] {
  const ofOptions = Object.entries(options).flatMap(([option, { choices }]) =>
    choices === undefined ? [] : [`"${name} --${option}") words="${choices.join(" ")}" ;;`]
  );
  return choices === undefined
    ? ofOptions
    : [...ofOptions, `"${name} ${name}") words="${choices.join(" ")}" ;;`];
}

function optionsOf({ name, options }: CompletedCommand): string {
  const words = Object.keys(options).map((option) => `--${option}`).join(" ");
  return `"${name} -"*) words="${words}" ;;`;
}
