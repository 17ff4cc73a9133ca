/**
 * Ends a script that was given arguments, which it takes none of: with the usage for --help, else in a sentence.
 * @param {string} command how it is called
 * @param {string} [what] what it does, or what takes options in its place
 */
export function takesNoOptions(command, what) {
  const args = process.argv.slice(2);
  if (args.length === 0) return;
  const help = args.some((arg) => ["--help", "-h"].includes(arg));
  const more = what === undefined ? "" : `\n  ${what}`;
  if (help) console.log(`${command}: it takes no options${more}`);
  else console.error(`${command} takes no options, and was given ${args.join(" ")}${more}`);
  process.exit(help ? 0 : 1);
}
