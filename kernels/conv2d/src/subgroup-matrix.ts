import { whyNoMatrices } from "@fledge/runtime";
import { needsAll, needsVectors, type Unsupported } from "./needs.ts";

const needsMatrices: Unsupported = (_shape, device) => whyNoMatrices(device);

/** `Rung.unsupported` of the tensor-core rungs. */
export const needsSubgroupMatrices: Unsupported = needsAll(needsMatrices, needsVectors);
