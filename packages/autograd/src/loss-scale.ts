import { sgdCheckFinite } from "@fledge/sgd";
import type { Kernel } from "@fledge/runtime";
import { FlatNode } from "./graph.ts";
import { operators } from "./ops/table.ts";
import { Variable, type Tensor } from "./tensor.ts";
import { append, apply } from "./trace.ts";

/** How a loss is scaled, named as torch.amp.GradScaler names it, whose defaults hold for what is absent. */
export interface LossScaleOptions {
  /** 65536. */
  readonly initialScale?: number;
  /** 2. */
  readonly growthFactor?: number;
  /** 0.5. */
  readonly backoffFactor?: number;
  /** 2000 steps. */
  readonly growthInterval?: number;
}

/**
 * A loss scale that adapts (torch.amp.GradScaler; Micikevicius et al. 2018, section 3.2): `scale` times the loss is
 * differentiated, so that gradients too small for f16 survive there. `Sgd.update` divides the gradients by it; where one
 * is NaN or infinite, neither parameters nor optimiser move, and the scale falls. All of it happens on the device: no
 * step waits for the host.
 */
export class LossScale {
  /** f32 scalar: give it to `grad` as the gradient of the loss. */
  readonly scale: Variable;
  /** u32 scalar: 1 after a step whose gradients overflowed, else 0. */
  readonly skipped: Variable;
  /** u32 scalar, 0 between steps: whether the gradients of this step overflowed. */
  readonly overflowed: Variable;
  readonly #growthTracker: Variable;
  readonly #rule: { readonly growthFactor: number; readonly backoffFactor: number; readonly growthInterval: number };

  /** @throws RangeError where a number is out of its range */
  constructor(options: LossScaleOptions = {}) {
    const { initialScale = 65536, growthFactor = 2, backoffFactor = 0.5, growthInterval = 2000 } = options;
    if (!(initialScale >= 2 ** -126 && initialScale <= 2 ** 126))
      throw new RangeError(`LossScale: initialScale is ${initialScale}; give a number from 2^-126 to 2^126`);
    this.#rule = { growthFactor, backoffFactor, growthInterval };
    operators.sgdAdaptScale.kernel.check(this.#rule);
    this.scale = new Variable("loss_scale", { shape: [], dtype: "f32" }, "scaler", () => Float32Array.of(initialScale));
    const counter = (name: string): Variable =>
      new Variable(name, { shape: [], dtype: "u32" }, "scaler", () => new Uint32Array(1));
    this.#growthTracker = counter("growth_tracker");
    this.skipped = counter("skipped");
    this.overflowed = counter("overflowed");
  }

  /** Its state, for `place` and for checkpoints. */
  get variables(): readonly Variable[] {
    return [this.scale, this.#growthTracker, this.skipped, this.overflowed];
  }

  /** Looks through the gradients of the scaled loss, before any update. */
  check(gradients: readonly Tensor[]): void {
    append(
      new FlatNode({
        kernel: sgdCheckFinite as Kernel<unknown>,
        options: {},
        lists: { gradient: gradients },
        scalars: { overflowed: this.overflowed },
      }),
    );
  }

  /** The weight of an average, or 0 where the step is left out. */
  held(weight: Tensor): Tensor {
    return apply(operators.sgdHoldAverage, {}, { weight, overflowed: this.overflowed }).held;
  }

  /** Ends the step, after all updates: adapts the scale, and counts the step if it was taken. */
  adapt(stepCount: Variable): void {
    const { scale: lossScale, skipped, overflowed } = this;
    const updates = { lossScale, growthTracker: this.#growthTracker, overflowed, skipped, stepCount };
    apply(operators.sgdAdaptScale, this.#rule, {}, { updates });
  }
}
