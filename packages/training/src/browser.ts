// What a training step is made of, for a page: nothing here, nor behind it, is of Node's.
export { renderedImages } from "./images.ts";
export { supervised } from "./objectives.ts";
export { optimiserOf } from "./optimiser.ts";
export { trainingStep } from "./step.ts";
