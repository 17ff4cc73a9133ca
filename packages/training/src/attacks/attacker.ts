import { compile, float32, type Program } from "@fledge/autograd";
import { Ascent } from "./ascent.ts";
import { logitsOfPixels, type AttackLoss, type AttackTarget } from "./target.ts";

/** The programs of attacks on one network, compiled when they are first wanted. Batches are always full. */
export class Attacker {
  readonly target: AttackTarget;
  readonly batchSize: number;
  readonly #ascents = new Map<AttackLoss, Promise<Ascent>>();
  #queries: Promise<Program<"pixels", "logits">> | undefined;

  constructor(target: AttackTarget, batchSize: number) {
    this.target = target;
    this.batchSize = batchSize;
  }

  /** Numbers of one image. */
  get pixels(): number {
    return this.target.height * this.target.width * 3;
  }

  ascent(loss: AttackLoss): Promise<Ascent> {
    let ascent = this.#ascents.get(loss);
    if (!ascent) {
      ascent = Ascent.open(this.target, this.batchSize, loss);
      this.#ascents.set(loss, ascent);
    }
    return ascent;
  }

  /** The logits [N,classes] of a full batch of pixels [N,H,W,3] in 0..1. */
  async query(pixels: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>> {
    const { gpu, height, width, options } = this.target;
    this.#queries ??= compile(
      gpu,
      { pixels: float32(this.batchSize, height, width, 3) },
      (given) => ({ logits: logitsOfPixels(this.target, given.pixels) }),
      options,
    );
    const { logits } = await (await this.#queries).run({ pixels });
    return logits as Float32Array<ArrayBuffer>;
  }

  /** Frees what was compiled; what failed to compile has freed itself. */
  async release(): Promise<void> {
    const opened = [...this.#ascents.values(), ...(this.#queries ? [this.#queries] : [])];
    for (const one of await Promise.allSettled<{ release(): void }>(opened))
      if (one.status === "fulfilled") one.value.release();
    this.#ascents.clear();
    this.#queries = undefined;
  }
}
