import { createConsola, LogLevels } from "consola";

/** The console's plain sentences; warnings and errors go to stderr. */
export const log = createConsola({ level: LogLevels.info, formatOptions: { date: false } });
