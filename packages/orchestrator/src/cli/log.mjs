import { createConsola, LogLevels } from "consola";

/** The console's plain sentences, all of them, also those said before; warnings and errors go to stderr. */
export const log = createConsola({ level: LogLevels.info, throttle: 0, formatOptions: { date: false } });
