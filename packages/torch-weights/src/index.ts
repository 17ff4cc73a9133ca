export { withoutWrappers } from "./names.ts";
export { TorchWeightsError } from "./error.ts";
export { decodeTorchWeights, isTorchFile, readTorchWeights } from "./read.ts";
export { encodeTorchWeights, writeTorchWeights } from "./write.ts";
