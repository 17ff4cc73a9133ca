import { inQuotes } from "./shell-words.mjs";

/** @typedef {import("commander").Command} Command */
/** @typedef {import("commander").Option} Option */

/**
 * The option that a word names, with its value behind `=` or without.
 * @param {Command} command
 * @param {string} word
 * @returns {Option | undefined}
 */
const optionOf = (command, word) => command.options.find(({ long, short }) => long === word || short === word);

/**
 * The command that words lead to, and whether the last of them is an option that still wants its value.
 * @param {Command} program
 * @param {readonly string[]} words
 */
function follow(program, words) {
  let command = program;
  /** @type {Option | undefined} */
  let wanting;
  for (const word of words) {
    if (wanting !== undefined) {
      wanting = undefined;
      continue;
    }
    if (word.startsWith("-")) {
      const option = optionOf(command, word);
      wanting = option !== undefined && (option.required || option.optional) ? option : undefined;
      continue;
    }
    command = command.commands.find((one) => one.name() === word) ?? command;
  }
  return { command, wanting };
}

/**
 * What may stand in place of the last word: commands, options not given yet, an option's values; none where any file or
 * text may, which the shell then completes.
 * @param {Command} program
 * @param {readonly string[]} words what follows `fledge`; the last one is the one to complete, and may be empty
 * @returns {string[]}
 */
export function completionsOf(program, words) {
  const last = words.at(-1) ?? "";
  const { command, wanting } = follow(program, words.slice(0, -1));
  /** @param {readonly string[]} candidates */
  const beginning = (candidates) => candidates.filter((one) => one.startsWith(last));
  if (wanting !== undefined && (wanting.required || !last.startsWith("-"))) return beginning(wanting.argChoices ?? []);
  if (last.startsWith("-")) {
    const given = new Set(words.slice(0, -1));
    const names = command.options.flatMap(({ long, hidden }) => (long && !hidden ? [long] : []));
    return beginning([...names.filter((name) => !given.has(name)), "--help"]);
  }
  const argument = command.registeredArguments[0]?.argChoices ?? [];
  return beginning([
    ...command
      .createHelp()
      .visibleCommands(command)
      .map((one) => one.name()),
    ...argument,
  ]);
}

/**
 * What each shell reads to complete `fledge`: it asks this program, which answers in a tenth of a second, and takes files
 * where that has no answer.
 * @type {Readonly<Record<"bash" | "zsh" | "fish", (ask: string) => string>>}
 */
const scripts = {
  bash: (ask) => `_fledge() {
  local IFS=$'\\n'
  COMPREPLY=($(${ask} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _fledge fledge
`,
  zsh: (ask) => `#compdef fledge
_fledge() {
  local -a found
  found=("\${(@f)$(${ask} "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then compadd -a found; else _files; fi
}
compdef _fledge fledge
`,
  fish: (ask) => `function __fledge
  set -l words (commandline -opc) (commandline -ct)
  ${ask} $words[2..] 2>/dev/null
end
complete -c fledge -a '(__fledge)'
`,
};

export const shells = /** @type {(keyof typeof scripts)[]} */ (Object.keys(scripts));

/**
 * The script of a shell.
 * @param {keyof typeof scripts} shell
 * @param {readonly string[]} ask the words that start what answers it
 */
export const completionScript = (shell, ask) => scripts[shell](ask.map(inQuotes).join(" "));
