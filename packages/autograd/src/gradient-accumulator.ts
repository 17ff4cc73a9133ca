import { describeSpec, elementCount, type Kernel } from "@fledge/runtime";
import { sgdAccumulate } from "@fledge/sgd";
import { FlatNode } from "./graph.ts";
import { checkGradients } from "./sgd.ts";
import { Variable, type Tensor } from "./tensor.ts";
import { append } from "./trace.ts";

/**
 * Sums the gradients of a batch that is computed in parts because the device cannot hold it at once. A program for a
 * part calls `add`, another calls `Sgd.update` with `sums` once all parts are in. The sum is the gradient of the whole
 * batch's mean loss, but for BatchNorm, which normalises each part by that part's own statistics.
 */
export class GradientAccumulator {
  readonly parameters: readonly Variable[];
  /** One per parameter, for `place` and `Sgd.update`. */
  readonly sums: readonly Variable[];

  constructor(parameters: readonly Variable[]) {
    this.parameters = parameters;
    this.sums = parameters.map(
      (p) => new Variable(`gradient.${p.name}`, p, "gradient", () => new Float32Array(elementCount(p))),
    );
  }

  /**
   * Adds a part's gradients.
   * @param share f32 scalar: the part's share of the batch's images
   * @param part u32 scalar: how many parts of this batch came before; at 0 the sums begin anew
   */
  add(gradients: readonly Tensor[], { share, part }: { readonly share: Tensor; readonly part: Tensor }): void {
    checkGradients("GradientAccumulator.add", this.parameters, gradients);
    for (const [name, scalar, spec] of [
      ["share", share, "f32[]"],
      ["part", part, "u32[]"],
    ] as const) {
      if (describeSpec(scalar) === spec) continue;
      throw new Error(`GradientAccumulator.add: ${name} must be ${spec}, not ${String(scalar)}`);
    }
    append(
      new FlatNode({
        kernel: sgdAccumulate as Kernel<unknown>,
        options: {},
        lists: { sum: this.sums, gradient: gradients },
        scalars: { share, part },
      }),
    );
  }
}
