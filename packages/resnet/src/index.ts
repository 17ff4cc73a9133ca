export type { Mode } from "@fledge/autograd";
export { fromTorch, toTorch } from "./layout.ts";
export {
  blocksByDepth,
  resnet,
  resnet18,
  resnet34,
  resnet50,
  resnet101,
  resnet152,
  resnetByDepth,
  type Network,
  type NetworkPass,
} from "./resnet.ts";
export { dropPathRates, dropPathRules } from "./stochastic-depth.ts";
export { loadStateDict, stateDict, StateDictError } from "./state-dict.ts";
