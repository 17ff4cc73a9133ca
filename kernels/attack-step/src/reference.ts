import type { AttackStepShape, DlrShape } from "./shape.ts";

/** What an image asks for in a step, as `controls` holds it: [size, epsilon, momentum, mode]. */
export const modes = { plain: 0, keepBest: 1, backToBest: 2 } as const;

type Row = ArrayLike<number>;

/** The tensors of a step, each [N,P] but for controls [N,4]. */
export interface StepTensors {
  readonly origin: Row;
  readonly gradient: Row;
  readonly controls: Row;
  readonly point: Row;
  readonly previous: Row;
  readonly best: Row;
  readonly bestGradient: Row;
}

type Changed = Readonly<Record<"point" | "previous" | "best" | "bestGradient", Float64Array>>;

/**
 * A step of gradient ascent on the sign of the gradient, inside the epsilon ball and 0..1, with the momentum and the
 * way back to the best point of APGD (Croce and Hein 2020, algorithm 1), in float64: this defines `attackStep`.
 */
export function attackStepReference({ N, P }: AttackStepShape, tensors: StepTensors): Changed {
  const { origin, gradient, controls } = tensors;
  const point = Float64Array.from(tensors.point);
  const previous = Float64Array.from(tensors.previous);
  const best = Float64Array.from(tensors.best);
  const bestGradient = Float64Array.from(tensors.bestGradient);
  for (let n = 0; n < N; n++) {
    const [size, epsilon, momentum, mode] = Array.from({ length: 4 }, (_, i) => controls[4 * n + i]);
    for (let i = n * P; i < (n + 1) * P; i++) {
      const within = (value: number): number =>
        Math.min(Math.max(Math.min(Math.max(value, origin[i] - epsilon), origin[i] + epsilon), 0), 1);
      if (mode === modes.keepBest) {
        best[i] = point[i];
        bestGradient[i] = gradient[i];
      }
      const back = mode === modes.backToBest;
      const x = back ? best[i] : point[i];
      const g = back ? bestGradient[i] : gradient[i];
      const stepped = within(x + size * Math.sign(g));
      const carried = x + momentum * (stepped - x) + (1 - momentum) * (x - previous[i]);
      point[i] = momentum < 1 ? within(carried) : stepped;
      previous[i] = x;
    }
  }
  return { point, previous, best, bestGradient };
}

/** The targeted difference of logits ratio of one row, and its gradient. */
export interface Dlr {
  readonly loss: number;
  readonly gradient: Float64Array;
}

/**
 * The targeted DLR loss (Croce and Hein 2020, equation 7): `-(z_y - z_t) / (z_1 - (z_3 + z_4) / 2 + 1e-12)`, z_k the
 * k-th largest logit, the first of equals before the others. Above 0 where the target is likelier than the label. With
 * fewer than four classes the divisor is 1: the ratio would be constant where the target is the third of three.
 */
export function dlr(logits: Row, label: number, target: number): Dlr {
  const C = logits.length;
  const order = Array.from(logits, (_, c) => c).sort((a, b) => logits[b] - logits[a] || a - b);
  const gradient = new Float64Array(C);
  const difference = logits[label] - logits[target];
  let divisor = 1;
  if (C >= 4) {
    const [first, , third, fourth] = order;
    divisor = logits[first] - (logits[third] + logits[fourth]) / 2 + 1e-12;
    const through = difference / divisor ** 2;
    gradient[first] += through;
    gradient[third] -= through / 2;
    gradient[fourth] -= through / 2;
  }
  gradient[label] -= 1 / divisor;
  gradient[target] += 1 / divisor;
  return { loss: -difference / divisor, gradient };
}

/** `dlr`'s gradient of every row: this defines `dlrGradient`. */
export function dlrGradientReference({ N, C }: DlrShape, logits: Row, labels: Row, targets: Row): Float64Array {
  const all = new Float64Array(N * C);
  for (let n = 0; n < N; n++) {
    const row = Float64Array.from({ length: C }, (_, c) => logits[n * C + c]);
    all.set(dlr(row, labels[n], targets[n]).gradient, n * C);
  }
  return all;
}
