import {
  attackKeep,
  attackStep,
  compile,
  float32,
  int32,
  place,
  readVariables,
  release,
  Variable,
  writeVariables,
  type Program,
} from "@fledge/autograd";
import type { Gpu } from "@fledge/runtime";
import { pixelGradient, type AttackLoss, type AttackTarget } from "./target.ts";

/** What one image does in a step; see `attackStep` of @fledge/attack-step. */
export interface Control {
  /** 0: it stays where it is. */
  readonly size: number;
  readonly epsilon: number;
  /** Weight of the step against what the step before carried along; 1: none is carried. */
  readonly momentum: number;
  readonly mode: number;
}

const names = ["origin", "point", "previous", "gradient", "best", "bestGradient"] as const;

type Step = Program<"labels" | "targets" | "controls", "logits">;

type State = Readonly<Record<(typeof names)[number], Variable>>;

/** Each in memory of its own: a dispatch may not read from a buffer that it writes to. */
function placeApart(gpu: Gpu, state: State): void {
  const placed: Variable[] = [];
  try {
    for (const variable of Object.values(state)) {
      place(gpu, [variable]);
      placed.push(variable);
    }
  } catch (error) {
    for (const variable of placed) release(gpu, [variable]);
    throw error;
  }
}

function releaseApart(gpu: Gpu, state: State): void {
  for (const variable of Object.values(state)) release(gpu, [variable]);
}

/**
 * Gradient ascent on a batch of images, which stay on the device. A step is one submitted program: the move, then logits
 * and gradient where it led to. What an image does next is decided on the host, from the logits that come back.
 */
export class Ascent {
  readonly #target: AttackTarget;
  readonly #state: State;
  readonly #program: Step;

  private constructor(target: AttackTarget, state: State, program: Step) {
    this.#target = target;
    this.#state = state;
    this.#program = program;
  }

  /** Compiles the program for batches of `batchSize` images. */
  static async open(target: AttackTarget, batchSize: number, loss: AttackLoss): Promise<Ascent> {
    const { gpu, height, width } = target;
    const spec = float32(batchSize, height, width, 3);
    const made = names.map((name) => {
      const zeros = (): Float32Array<ArrayBuffer> => new Float32Array(batchSize * height * width * 3);
      return [name, new Variable(`attack.${name}`, spec, "attack", zeros)] as const;
    });
    const state = Object.fromEntries(made) as State;
    placeApart(gpu, state);
    try {
      const inputs = { labels: int32(batchSize), targets: int32(batchSize), controls: float32(batchSize, 4) };
      const program = await compile(
        gpu,
        inputs,
        ({ labels, targets, controls }) => {
          attackStep(state, state.origin, controls);
          const { logits, gradient } = pixelGradient(target, loss, { pixels: state.point, labels, targets });
          attackKeep(gradient, state.gradient);
          return { logits };
        },
        target.options,
      );
      return new Ascent(target, state, program);
    } catch (error) {
      releaseApart(gpu, state);
      throw error;
    }
  }

  /** Puts images [N,H,W,3] in 0..1 and the points to begin from, inside the ball around them, on the device. */
  begin(images: Float32Array<ArrayBuffer>, start: Float32Array<ArrayBuffer>): void {
    const { origin, point } = this.#state;
    const data = new Map([
      [origin.name, images],
      [point.name, start],
    ]);
    writeVariables(this.#target.gpu, [origin, point], data);
  }

  /** Moves every image as its control says, and resolves to the logits [N,classes] there. */
  async step(
    controls: readonly Control[],
    labels: Int32Array,
    targets: Int32Array = labels,
  ): Promise<Float32Array<ArrayBuffer>> {
    const rows = controls.flatMap(({ size, epsilon, momentum, mode }) => [size, epsilon, momentum, mode]);
    const { logits } = await this.#program.run({ controls: Float32Array.from(rows), labels, targets });
    return logits as Float32Array<ArrayBuffer>;
  }

  /** Copies state [N,H,W,3] to the host: where the images are, the best points, the gradient at the point. */
  async read<Name extends (typeof names)[number]>(
    ...wanted: readonly Name[]
  ): Promise<Record<Name, Float32Array<ArrayBuffer>>> {
    const read = await readVariables(
      this.#target.gpu,
      wanted.map((name) => this.#state[name]),
    );
    const named = wanted.map((name) => [name, read.get(this.#state[name].name) as Float32Array<ArrayBuffer>]);
    return Object.fromEntries(named) as Record<Name, Float32Array<ArrayBuffer>>;
  }

  release(): void {
    this.#program.release();
    releaseApart(this.#target.gpu, this.#state);
  }
}
