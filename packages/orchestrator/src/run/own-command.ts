import { commandLineOf } from "../cli/shell-words.mjs";

/** The command that this process does, as it is typed. */
export const ownCommand = (): string => commandLineOf(["npx", "fledge", ...process.argv.slice(2)]);
