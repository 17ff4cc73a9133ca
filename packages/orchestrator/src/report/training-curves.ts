import type { Curve } from "./learning-curve.ts";
import { epochLine, lineChartSvg } from "./line-chart.ts";

/** Loss and accuracy of what a model trains on and of what it is validated on, by epoch; SVG documents. */
export const trainingCurves = ({ name, epochs }: Curve): { readonly loss: string; readonly accuracy: string } => ({
  loss: lineChartSvg(
    [
      epochLine("training", epochs, (one) => one.trainLoss),
      epochLine("validation", epochs, (one) => one.validationLoss),
    ],
    { title: `${name}: loss`, axis: "epoch" },
  ),
  accuracy: lineChartSvg(
    [
      epochLine("training", epochs, (one) => one.trainAccuracy),
      epochLine("validation", epochs, (one) => one.validationAccuracy),
    ],
    { title: `${name}: accuracy`, axis: "epoch", shares: true },
  ),
});
