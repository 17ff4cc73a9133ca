import { createConsola, LogLevels } from "consola";

/** The console's plain sentences, all of them, also those said before. They go to stderr: on stdout is a command's result alone. */
export const log = createConsola({
  level: LogLevels.info,
  throttle: 0,
  stdout: process.stderr,
  formatOptions: { date: false },
});

/** Whether progress is shown by a line that changes: on a terminal, where not only warnings are wanted. */
export const isLive = () => process.stderr.isTTY && log.level >= LogLevels.info;

/**
 * Does `body`, of whose sentences only warnings and errors are printed.
 * @template T
 * @param {boolean} quiet
 * @param {() => Promise<T>} body
 */
export async function quietFor(quiet, body) {
  const { level } = log;
  if (quiet) log.level = LogLevels.warn;
  try {
    return await body();
  } finally {
    log.level = level;
  }
}
