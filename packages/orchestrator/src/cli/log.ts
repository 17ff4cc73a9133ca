import { createConsola } from "consola";

/** The console's plain sentences; warnings and errors go to stderr. */
export const log = createConsola({ formatOptions: { date: false } });
