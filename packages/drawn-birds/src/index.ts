export { makeDemoDataset } from "./make-demo-dataset.ts";
