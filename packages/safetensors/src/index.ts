export { decodeSafetensors } from "./decode.ts";
export { readSafetensors } from "./read.ts";
export { SafetensorsError, type StoredTensor } from "./tensor.ts";
export { encodeSafetensors, writeSafetensors } from "./write.ts";
