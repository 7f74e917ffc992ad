import { quote } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import { COMMON_OPTIONS } from "../command_line/args.ts";
import type { Command } from "../command_line/command.ts";
import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import type { CompletedCommand } from "../completion/program.ts";
import { zshCompletion } from "../completion/zsh.ts";
import { printJson } from "../output/json_output.ts";

const SHELLS: ReadonlyMap<string, (commands: readonly CompletedCommand[]) => string> = new Map([
  ["bash", bashCompletion],
  ["zsh", zshCompletion],
  ["fish", fishCompletion],
]);

/** The command that prints the completion of all commands, its own included. */
export function completionOf(commands: () => Iterable<Command>): Command {
  return {
    name: "completion",
    summary: "Print the completion of this tool for bash, zsh or fish",
    usage: "completion SHELL",
    operands: ["SHELL"],
    options: {},
    details:
      "SHELL is bash, zsh or fish. Commands, options and their values are completed for the " +
      "programs offsetstore and offsets; other words as paths.",
    examples: [
      "completion bash > ~/.local/share/bash-completion/completions/offsetstore",
      "completion zsh > ~/.zsh/completions/_offsetstore",
      "completion fish > ~/.config/fish/completions/offsetstore.fish",
    ],
    run(args, io) {
      const [shell] = args.operands;
      const print = SHELLS.get(shell) ??
        args.fail(`${quote(shell)} is none of ${[...SHELLS.keys()].join(", ")}`);
      const script = print([...commands()].map((command) => ({
        ...command,
        options: { ...command.options, ...COMMON_OPTIONS },
        ...command.name === "completion" ? { choices: [...SHELLS.keys()] } : {},
      })));
      if (args.flag("json")) printJson(io, "completion", { shell, script });
      else io.out(script);
      return Promise.resolve(EXIT.ok);
    },
  };
}
