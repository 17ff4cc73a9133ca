import { compile, float32, type Program } from "@fledge/autograd";
import { Ascent } from "./ascent.ts";
import { logitsOfPixels, type AttackLoss, type AttackTarget } from "./target.ts";

/**
 * The programs of attacks on one network, compiled when they are first wanted. Batches are always full. Of the ascents
 * only the latest stays: each holds the activations of a backward pass.
 */
export class Attacker {
  readonly target: AttackTarget;
  readonly batchSize: number;
  #ascent: { readonly loss: AttackLoss; readonly opened: Promise<Ascent> } | undefined;
  #queries: Promise<Program<"pixels", "logits">> | undefined;

  constructor(target: AttackTarget, batchSize: number) {
    this.target = target;
    this.batchSize = batchSize;
  }

  /** Numbers of one image. */
  get pixels(): number {
    return this.target.height * this.target.width * 3;
  }

  async ascent(loss: AttackLoss): Promise<Ascent> {
    if (this.#ascent?.loss !== loss) {
      await this.#releaseAscent();
      this.#ascent = { loss, opened: Ascent.open(this.target, this.batchSize, loss) };
    }
    return this.#ascent!.opened;
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
    await this.#releaseAscent();
    const queries = this.#queries;
    this.#queries = undefined;
    (await queries?.catch(() => undefined))?.release();
  }

  async #releaseAscent(): Promise<void> {
    const before = this.#ascent?.opened;
    this.#ascent = undefined;
    (await before?.catch(() => undefined))?.release();
  }
}
