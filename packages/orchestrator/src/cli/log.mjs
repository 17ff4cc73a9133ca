import { createConsola, LogLevels } from "consola";

/** The console's plain sentences, all of them, also those said before; warnings and errors go to stderr. */
export const log = createConsola({ level: LogLevels.info, throttle: 0, formatOptions: { date: false } });

/** For a command whose stdout is its result, to be piped on: sentences go to stderr too. */
export function sayOnStderr() {
  log.options.stdout = process.stderr;
}
