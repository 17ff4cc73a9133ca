export { checksumKey } from "./checksum.ts";
export { decodeElements, decodeSafetensors } from "./decode.ts";
export { permute, toNchw, toNhwc } from "./layout.ts";
export { readSafetensors } from "./read.ts";
export { bytesPerElement, SafetensorsError, type StoredTensor, type StoredType } from "./tensor.ts";
export { encodeSafetensors, writeSafetensors } from "./write.ts";
