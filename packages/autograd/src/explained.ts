// What can be told of a plan once it is there. It loads no kernel, so that a page which shows plans stays light.
export { chromeTrace } from "./chrome-trace.ts";
export {
  stepParts,
  type ExplainedKernel,
  type ExplainedOperand,
  type ExplainedPlan,
  type ExplainedSlot,
} from "./explained-plan.ts";
export { explainedJson, operandsText, roundedText, sharesByRung, slotsText, totalsText } from "./explain-text.ts";
