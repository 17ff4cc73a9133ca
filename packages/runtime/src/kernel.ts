import type { DeviceTraits } from "./device-traits.ts";
import type { KernelTensor, TensorSpec } from "./tensor-spec.ts";
import type { WgslBinding } from "./wgsl/bindings.ts";
import type { WgslModule } from "./wgsl/module.ts";

export type Workgroups = readonly [x: number, y: number, z: number];
export type Constants = Readonly<Record<string, number>>;

/** One entry point of a rung's module, run over a grid. */
export interface Pass<Shape> {
  readonly entryPoint: string;
  /** Null: this shape does without the pass. */
  readonly workgroups: (shape: Shape, constants: Constants) => Workgroups | null;
}

/**
 * One version of a kernel: a complete `.wgsl` module and what the host must know to run it.
 * Every `@group(0)` storage variable is named after a tensor of the kernel or of `scratch`;
 * the uniform, if there is one, is `params` of type `struct Params`.
 */
export interface Rung<Shape> {
  /** `conv2d-forward/03-register-blocked`: the same string in code, tests, tables and results. */
  readonly id: string;
  /** What sets it apart from the rung that it starts from, in a few words. */
  readonly idea: string;
  /** The earlier rung that it starts from, so that the difference of their files is the lesson; none for the plainest. */
  readonly from?: Rung<Shape>;
  readonly module: WgslModule;
  /** Values for the module's `const` block, by name, where they differ from the file's. */
  readonly constants?: (shape: Shape) => Constants;
  /**
   * Other values for some of its constants, each over those of the file and of `constants`, that may be faster on some
   * device: a tuner walks them where the rung is among the fastest. Any of them computes the same sums, perhaps in
   * another order. Those beyond the device's limits of a workgroup are left out by themselves.
   */
  readonly tiles?: (shape: Shape, device: DeviceTraits) => readonly Constants[];
  /** Values for `struct Params`, by name. */
  readonly params?: (shape: Shape, constants: Constants) => Readonly<Record<string, number>>;
  /** Buffers that live only while the rung runs, by name. */
  readonly scratch?: (shape: Shape, constants: Constants) => Readonly<Record<string, TensorSpec>>;
  readonly passes: readonly Pass<Shape>[];
  readonly features?: readonly GPUFeatureName[];
  /**
   * How many times the error bound of plain f32 sums this rung may reach, where its arithmetic is less exact: operands
   * rounded to f16, sums of terms that cancel. 1 if not given; tests, benchmarks and the tuner widen their bounds by
   * it, which then hold for elements of the tensor's mean bound and above, and that mean for the others.
   */
  readonly errorFactor?: (shape: Shape) => number;
  /** Why this rung cannot run this shape on this device, or null. */
  readonly unsupported?: (shape: Shape, device: DeviceTraits) => string | null;
}

/** An operator in one direction: what it reads and writes, what it costs, and its ladder of rungs. */
export interface Kernel<Shape> {
  /** `conv2d-forward` */
  readonly name: string;
  /** Throws an error that names the argument at fault and the mend. */
  readonly check: (shape: Shape) => void;
  readonly tensors: (shape: Shape) => Readonly<Record<string, KernelTensor>>;
  /** Arithmetic operations, a multiply-add counting two. */
  readonly flops: (shape: Shape) => number;
  /**
   * The dispatch floor, `00-noop`: bindings, parameters and workgroups of the plainest rung, and entry points that
   * return at once. It computes nothing, so benchmarks list it first and it is never chosen, forced or in `rungs`.
   */
  readonly noop?: Rung<Shape>;
  /** In ladder order, the plainest first. */
  readonly rungs: readonly Rung<Shape>[];
  /** Rung ids in order of preference for this shape and device; the first that supports both is used. */
  readonly select: (shape: Shape, device: DeviceTraits) => readonly string[];
}

/** One compute dispatch, planned without a device. */
export interface Dispatch {
  readonly rung: string;
  /** The module with its constants in place. */
  readonly wgsl: string;
  readonly entryPoint: string;
  readonly bindings: readonly WgslBinding[];
  /** Contents of the uniform `params`; empty where the module has none. */
  readonly params: ArrayBuffer;
  readonly workgroups: Workgroups;
}

/** A kernel planned for one shape: tensors by name, the dispatches in order, and what they cost. */
export interface KernelPlan {
  readonly kernel: string;
  readonly rung: string;
  /** Constants that were set over the rung's own. */
  readonly tile?: Constants | undefined;
  readonly tensors: Readonly<Record<string, KernelTensor>>;
  readonly scratch: Readonly<Record<string, TensorSpec>>;
  readonly dispatches: readonly Dispatch[];
  readonly features: readonly GPUFeatureName[];
  readonly flops: number;
  /** Least traffic: every input read once, every output written once. */
  readonly leastBytes: number;
}
