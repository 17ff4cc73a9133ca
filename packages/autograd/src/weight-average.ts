import { describeSpec, type Gpu, type Kernel } from "@fledge/runtime";
import { sgdAverage } from "@fledge/sgd";
import { FlatNode } from "./graph.ts";
import { Variable, type Tensor } from "./tensor.ts";
import { append } from "./trace.ts";
import { copyVariables, swapVariables } from "./variables.ts";

/**
 * Running averages of variables over an optimiser's steps (exponential moving averages): a state of the optimiser, which
 * moves with its updates, so once for a batch, however many parts the batch is computed in. Averaging a network's
 * `variables` averages BatchNorm's running statistics with its parameters, as Noisy Student's code does.
 */
export class WeightAverage {
  readonly values: readonly Variable[];
  /** An average for each value, in the values' layouts; they begin as the values do. */
  readonly averages: readonly Variable[];

  constructor(values: readonly Variable[]) {
    this.values = values;
    this.averages = values.map((value) => new Variable(`average.${value.name}`, value, "optimiser", value.initial));
  }

  /**
   * Moves every average a share of the way to its value; `Sgd.update` calls it after the parameters have moved.
   * @param weight f32 scalar, an input of the program: 1 minus the decay
   */
  update(weight: Tensor): void {
    if (describeSpec(weight) !== "f32[]")
      throw new Error(`WeightAverage.update: weight must be an f32 scalar, not ${String(weight)}`);
    append(
      new FlatNode({
        kernel: sgdAverage as Kernel<unknown>,
        options: {},
        lists: { average: this.averages, value: this.values },
        scalars: { weight },
      }),
    );
  }

  /** Lets the averages begin at what the values are now, as weights that were loaded from a file. */
  start(gpu: Gpu): Promise<void> {
    return copyVariables(gpu, this.values, this.averages);
  }

  /** Exchanges values and averages: programs that read the values then see the averages. A second call undoes it. */
  swap(gpu: Gpu): Promise<void> {
    return swapVariables(gpu, this.values, this.averages);
  }
}
