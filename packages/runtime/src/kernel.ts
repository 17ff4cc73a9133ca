import type { DeviceTraits } from "./device-traits.ts";
import { sizeBytes, type KernelTensor, type TensorSpec } from "./tensor-spec.ts";
import { bindingsOf, constantsOf, packParams, paramsOf, withConstants, type WgslBinding } from "./wgsl.ts";

export type Workgroups = readonly [x: number, y: number, z: number];
export type Constants = Readonly<Record<string, number>>;

/** One entry point of a rung's module, run over a grid. */
export interface Pass<Shape> {
  readonly entryPoint: string;
  readonly workgroups: (shape: Shape, constants: Constants) => Workgroups;
}

/**
 * One version of a kernel: a complete `.wgsl` module and what the host must know to run it.
 * Every `@group(0)` storage variable is named after a tensor of the kernel or of `scratch`;
 * the uniform, if there is one, is `params` of type `struct Params`.
 */
export interface Rung<Shape> {
  /** `conv2d-forward/02-register-blocked`: the same string in code, tests, tables and results. */
  readonly id: string;
  /** What differs from the rung before, in a few words. */
  readonly change: string;
  readonly source: string;
  /** Values for the module's `const` block, by name, where they differ from the file's. */
  readonly constants?: (shape: Shape) => Constants;
  /** Values for `struct Params`, by name. */
  readonly params?: (shape: Shape, constants: Constants) => Readonly<Record<string, number>>;
  /** Buffers that live only while the rung runs, by name. */
  readonly scratch?: (shape: Shape, constants: Constants) => Readonly<Record<string, TensorSpec>>;
  readonly passes: readonly Pass<Shape>[];
  readonly features?: readonly GPUFeatureName[];
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
  readonly tensors: Readonly<Record<string, KernelTensor>>;
  readonly scratch: Readonly<Record<string, TensorSpec>>;
  readonly dispatches: readonly Dispatch[];
  readonly features: readonly GPUFeatureName[];
  readonly flops: number;
  /** Least traffic: every input read once, every output written once. */
  readonly leastBytes: number;
}

/** Why `rung` cannot run `shape` on `device`, or null. */
export function whyUnsupported<Shape>(rung: Rung<Shape>, shape: Shape, device: DeviceTraits): string | null {
  const missing = (rung.features ?? []).filter((feature) => !device.features.has(feature));
  if (missing.length > 0) return `the adapter lacks ${missing.join(", ")}`;
  return rung.unsupported?.(shape, device) ?? null;
}

function chooseRung<Shape>(kernel: Kernel<Shape>, shape: Shape, device: DeviceTraits, forced?: string): Rung<Shape> {
  const byId = (id: string): Rung<Shape> => {
    const rung = kernel.rungs.find((candidate) => candidate.id === id);
    if (!rung) {
      throw new Error(`${kernel.name} has no rung "${id}"; it has ${kernel.rungs.map((r) => r.id).join(", ")}`);
    }
    return rung;
  };
  if (forced !== undefined) {
    const rung = byId(forced);
    const reason = whyUnsupported(rung, shape, device);
    if (reason !== null) throw new Error(`${rung.id} cannot run ${JSON.stringify(shape)}: ${reason}`);
    return rung;
  }
  const reasons: string[] = [];
  for (const id of kernel.select(shape, device)) {
    const rung = byId(id);
    const reason = whyUnsupported(rung, shape, device);
    if (reason === null) return rung;
    reasons.push(`${id}: ${reason}`);
  }
  throw new Error(`no rung of ${kernel.name} can run ${JSON.stringify(shape)}: ${reasons.join("; ")}`);
}

/**
 * Plans `kernel` for `shape`; touches no device.
 * @param options.rung forces a rung by id instead of the kernel's own choice
 */
export function planKernel<Shape>(
  kernel: Kernel<Shape>,
  shape: Shape,
  options: { readonly device: DeviceTraits; readonly rung?: string | undefined },
): KernelPlan {
  kernel.check(shape);
  const rung = chooseRung(kernel, shape, options.device, options.rung);
  const overrides = rung.constants?.(shape) ?? {};
  const wgsl = withConstants(rung.source, overrides);
  const constants = { ...constantsOf(rung.source), ...overrides };
  const tensors = kernel.tensors(shape);
  const scratch = rung.scratch?.(shape, constants) ?? {};
  const bindings = bindingsOf(wgsl);
  for (const { name, access } of bindings) {
    if (access === "uniform") continue;
    if (!(name in tensors) && !(name in scratch)) throw new Error(`${rung.id}: binding "${name}" is no tensor of ${kernel.name}`);
    if (tensors[name]?.role === "in" && access !== "read") throw new Error(`${rung.id}: input "${name}" must be bound read-only`);
  }
  const params = packParams(paramsOf(wgsl), rung.params?.(shape, constants) ?? {});
  return {
    kernel: kernel.name,
    rung: rung.id,
    tensors,
    scratch,
    dispatches: rung.passes.map((pass) => ({
      rung: rung.id,
      wgsl,
      entryPoint: pass.entryPoint,
      bindings,
      params,
      workgroups: pass.workgroups(shape, constants),
    })),
    features: rung.features ?? [],
    flops: kernel.flops(shape),
    leastBytes: Object.values(tensors).reduce((sum, t) => sum + sizeBytes(t) * (t.role === "inout" ? 2 : 1), 0),
  };
}

export const ceilDiv = (a: number, b: number): number => Math.ceil(a / b);

/**
 * A grid of at least `invocations` in workgroups of `size`, folded into y where x would pass the guaranteed 65535.
 * The shader flattens it back: `(workgroup_id.y * num_workgroups.x + workgroup_id.x) * size + local_invocation_index`.
 */
export function linearWorkgroups(invocations: number, size: number): Workgroups {
  const groups = Math.max(1, ceilDiv(invocations, size));
  const y = ceilDiv(groups, 65535);
  return [ceilDiv(groups, y), y, 1];
}

/** The usual single pass: entry point `main`. */
export const mainPass = <Shape>(workgroups: Pass<Shape>["workgroups"]): readonly Pass<Shape>[] => [{ entryPoint: "main", workgroups }];
