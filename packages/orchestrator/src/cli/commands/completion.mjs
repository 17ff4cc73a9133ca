import { fileURLToPath } from "node:url";
import { Argument } from "commander";
import { completionScript, completionsOf, shells } from "../completion.mjs";
import { withExamples } from "../options.mjs";

const program = fileURLToPath(new URL("../../../bin/fledge.mjs", import.meta.url));

/** What answers the scripts; not for people. */
const asking = "complete";

/** @param {import("commander").Command} fledge */
export function register(fledge) {
  const command = fledge
    .command("completion")
    .description("print what makes a shell complete fledge's commands, options and values")
    .addArgument(new Argument("<shell>").choices(shells))
    .action((shell) => void process.stdout.write(completionScript(shell, [process.execPath, program, asking, "--"])));
  withExamples(command, [
    "source <(fledge completion bash) # in this shell",
    "fledge completion bash > ~/.fledge-completion.bash # for good, with: source ~/.fledge-completion.bash in ~/.bashrc",
    "fledge completion zsh > ~/.fledge-completion.zsh # the same in ~/.zshrc, after compinit",
    "fledge completion fish > ~/.config/fish/conf.d/fledge.fish",
  ]);
  fledge
    .command(asking, { hidden: true })
    .argument("[words...]")
    .action((words) => {
      for (const word of completionsOf(fledge, words)) console.log(word);
    });
}

/** Commands that are done here, and need no TypeScript. */
export const light = ["completion", asking];
