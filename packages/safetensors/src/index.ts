export { SafetensorsError } from "./header.ts";
export { readSafetensors } from "./read.ts";
export type { StoredData, StoredTensor } from "./tensor.ts";
export { encodeSafetensors, writeSafetensors } from "./write.ts";
