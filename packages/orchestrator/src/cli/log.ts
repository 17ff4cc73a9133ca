export { log, sayOnStderr } from "./log.mjs";
