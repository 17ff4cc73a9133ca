import type { GoldenCase } from "@fledge/golden-cases";
import type { Gpu, Precision } from "@fledge/runtime";
import type { Computed } from "./compare.ts";

export interface ConformanceContext {
  readonly gpu: Gpu;
  /** Rungs to force, by kernel name. */
  readonly rungs: Readonly<Record<string, string>>;
  /** Of the products of layers and training steps; f32 where absent. Below it, tolerances are those of `reducedTolerance`. */
  readonly precision?: Precision | undefined;
  /** Where images are augmented; "cpu" if absent. */
  readonly augmentOn?: "cpu" | "device";
}

/** Computes a case's outputs and gradients through the operators and programs that training uses. */
export type CaseRunner = (golden: GoldenCase, context: ConformanceContext) => Promise<Computed>;

/** What a case asks for does not exist here: an optional case is then skipped, any other fails; both say the reason. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";
}

/** Floats with their sizes, outermost first. */
export interface Dense {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}
