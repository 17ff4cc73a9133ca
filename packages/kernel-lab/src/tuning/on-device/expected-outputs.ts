import {
  planKernel,
  sizeBytes,
  type BufferSlice,
  type Gpu,
  type KernelPlan,
  type PreparedDispatch,
} from "@fledge/runtime";
import type { Rounding } from "../agreement.ts";
import { countOutside } from "./count-outside.ts";

/** A reference rung's outputs, kept on the device, where others are held against them: a batch's tensors stay there. */
export class ExpectedOutputs {
  readonly #gpu: Gpu;
  readonly #reference: KernelPlan;
  readonly #slices: Readonly<Record<string, BufferSlice>>;
  readonly #roundings: Readonly<Record<string, Rounding>>;
  readonly #kept: Record<string, BufferSlice> = {};
  readonly #outside: BufferSlice;
  readonly #dispatches = new Map<number, readonly PreparedDispatch[]>();

  /**
   * Copies what the reference rung has just left.
   * @param slices of the kernel's tensors, by name: all its rungs write there
   * @param roundings of its outputs of floats; the others must be equal
   */
  constructor(
    gpu: Gpu,
    reference: KernelPlan,
    slices: Readonly<Record<string, BufferSlice>>,
    roundings: Readonly<Record<string, Rounding>>,
  ) {
    [this.#gpu, this.#reference, this.#slices, this.#roundings] = [gpu, reference, slices, roundings];
    this.#outside = gpu.allocate({ shape: [1], dtype: "u32" }, "outside");
    for (const [name, spec] of Object.entries(reference.tensors))
      if (spec.role !== "in") this.#kept[name] = gpu.allocate(spec, `expected ${name}`);
    gpu.copy(Object.entries(this.#kept).map(([name, to]) => ({ from: this.#slices[name]!, to })));
  }

  /** Whether what the tensors hold now is what the reference left, within its rounding times a rung's `errorFactor`. */
  async areThere(factor: number): Promise<boolean> {
    let dispatches = this.#dispatches.get(factor);
    if (!dispatches) this.#dispatches.set(factor, (dispatches = await this.#prepare(factor)));
    this.#gpu.write(this.#outside, Uint32Array.of(0));
    this.#gpu.submit(dispatches);
    return new Uint32Array(await this.#gpu.read(this.#outside))[0] === 0;
  }

  async #prepare(factor: number): Promise<PreparedDispatch[]> {
    const plans = Object.entries(this.#kept).map(async ([name, expected]) => {
      const rounding = this.#roundings[name];
      const spec = this.#reference.tensors[name]!;
      // Words of several elements must be equal, f16 too: where they are not, the host judges them one by one.
      const count = Math.ceil(sizeBytes(spec) / 4);
      const floats = spec.dtype === "f32";
      const bounds = floats ? rounding!.boundsTimes(factor) : { relative: 0, least: 0 };
      const plan = planKernel(countOutside, { count, floats, ...bounds }, { device: this.#gpu.traits });
      return this.#gpu.prepare(plan, { actual: this.#slices[name]!, expected, outside: this.#outside });
    });
    return (await Promise.all(plans)).flat();
  }

  free(): void {
    for (const slice of [this.#outside, ...Object.values(this.#kept)]) this.#gpu.free(slice);
  }
}
