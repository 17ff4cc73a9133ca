export { EventFile, histogramOf } from "./event-file.ts";
