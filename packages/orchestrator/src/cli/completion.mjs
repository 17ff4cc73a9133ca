import { inQuotes } from "./shell-words.mjs";

/** @typedef {import("commander").Command} Command */
/** @typedef {import("commander").Option} Option */

/**
 * Words with an option's value in one of its own: zsh and fish leave `--preset=demo` whole, bash makes it three words.
 * @param {readonly string[]} words
 */
const withoutEqualSigns = (words) => {
  const apart = words.flatMap((word) => {
    const at = word.startsWith("--") ? word.indexOf("=") : -1;
    return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
  });
  return apart.flatMap((word, index) => (word !== "=" ? [word] : index === apart.length - 1 ? [""] : []));
};

/**
 * The option that a word names.
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
  // What stands before a value in the word that the shell replaces.
  const joined = /^--[^=]+=/.exec(words.at(-1) ?? "")?.[0] ?? "";
  return candidatesFor(program, withoutEqualSigns(words)).map((one) => joined + one);
}

/**
 * @param {Command} program
 * @param {readonly string[]} words
 * @returns {string[]}
 */
function candidatesFor(program, words) {
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
 * What each shell reads to complete `fledge` and `npx fledge`: it asks this program, which answers in a tenth of a second,
 * and takes files where that has no answer. Whatever else completes npx keeps it.
 * @type {Readonly<Record<"bash" | "zsh" | "fish", (ask: string) => string>>}
 */
const scripts = {
  bash: (ask) => `_fledge() {
  local IFS=$'\\n' first=1
  COMPREPLY=()
  if [[ "\${COMP_WORDS[0]}" == npx ]]; then
    [[ "\${COMP_WORDS[1]}" == fledge && COMP_CWORD -gt 1 ]] || return
    first=2
  fi
  COMPREPLY=($(${ask} "\${COMP_WORDS[@]:first:COMP_CWORD-first+1}" 2>/dev/null))
}
complete -o default -F _fledge fledge
complete -p npx >/dev/null 2>&1 || complete -o default -F _fledge npx
`,
  zsh: (ask) => `#compdef fledge
_fledge() {
  local -a found
  local first=2
  if [[ "\${words[1]}" == npx ]]; then
    if [[ "\${words[2]}" != fledge || CURRENT -lt 3 ]]; then _files; return; fi
    first=3
  fi
  found=("\${(@f)$(${ask} "\${(@)words[first,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then compadd -a found; else _files; fi
}
compdef _fledge fledge
(( \${+_comps[npx]} )) || compdef _fledge npx
`,
  fish: (ask) => `function __fledge
  set -l words (commandline -opc) (commandline -ct)
  test $words[1] = npx; and set -e words[1]
  ${ask} $words[2..] 2>/dev/null
end
complete -c fledge -a '(__fledge)'
complete -c npx -n 'set -l words (commandline -opc); test (count $words) -gt 1; and test $words[2] = fledge' -a '(__fledge)'
`,
};

export const shells = /** @type {(keyof typeof scripts)[]} */ (Object.keys(scripts));

/**
 * The script of a shell.
 * @param {keyof typeof scripts} shell
 * @param {readonly string[]} ask the words that start what answers it
 */
export const completionScript = (shell, ask) => scripts[shell](ask.map(inQuotes).join(" "));
