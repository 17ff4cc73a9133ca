/**
 * Ends a script that was given arguments, which it takes none of: with the usage for --help, else in a sentence.
 * @param {string} command how it is called
 */
export function takesNoOptions(command) {
  const args = process.argv.slice(2);
  if (args.length === 0) return;
  const help = args.includes("--help");
  if (help) console.log(`${command}: it takes no options`);
  else console.error(`${command} takes no options, and was given ${args.join(" ")}`);
  process.exit(help ? 0 : 1);
}
