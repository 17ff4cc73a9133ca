import { LogLevels } from "consola";
import { log } from "./log.mjs";

export { log, sayOnStderr } from "./log.mjs";

/** Does `body`, of whose sentences only warnings and errors are printed where JSON is: they must not stand within it. */
export async function quietFor(json: boolean, body: () => Promise<void>): Promise<void> {
  const { level } = log;
  if (json) log.level = LogLevels.warn;
  try {
    await body();
  } finally {
    log.level = level;
  }
}
