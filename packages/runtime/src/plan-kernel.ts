import type { DeviceTraits } from "./device-traits.ts";
import { UnsupportedRungError } from "./errors.ts";
import type { Constants, Kernel, KernelPlan, Rung, Workgroups } from "./kernel.ts";
import { precisionFeatures } from "./precision.ts";
import { sizeBytes, type KernelTensor, type TensorSpec } from "./tensor-spec.ts";
import type { WgslBinding } from "./wgsl/bindings.ts";
import { bindsHalves, withHalves } from "./wgsl/halves.ts";
import { packParams } from "./wgsl/params.ts";
import { workgroupNeeds, type WorkgroupNeeds } from "./wgsl/resources.ts";
import { maxWorkgroups } from "./workgroups.ts";

/** @throws where the module has no such entry point */
function bindingsOf<Shape>({ id, module }: Rung<Shape>, entryPoint: string): readonly WgslBinding[] {
  const bindings = module.entryPoints.get(entryPoint);
  if (bindings) return bindings;
  throw new Error(`${id} has no entry point "${entryPoint}"; it has ${[...module.entryPoints.keys()].join(", ")}`);
}

function needsOf<Shape>({ id, module }: Rung<Shape>, entryPoint: string, constants: Constants): WorkgroupNeeds {
  try {
    return workgroupNeeds(module, entryPoint, constants);
  } catch (error) {
    throw new Error(`${id}: ${(error as Error).message}`, { cause: error });
  }
}

/** Why the workgroups of `rung` are too large for `device`, or null. @throws where its module lacks one of the constants */
function whyTooLarge<Shape>(rung: Rung<Shape>, constants: Constants, device: DeviceTraits): string | null {
  for (const { entryPoint } of rung.passes) {
    const { memoryBytes, invocations } = needsOf(rung, entryPoint, constants);
    const [mostBytes, most] = [device.maxComputeWorkgroupStorageSize, device.maxComputeInvocationsPerWorkgroup];
    if (memoryBytes !== null && memoryBytes > mostBytes)
      return `its workgroups take ${memoryBytes} bytes of memory, the adapter has ${mostBytes}`;
    if (invocations !== null && invocations > most)
      return `its workgroups have ${invocations} invocations, the adapter takes ${most}`;
  }
  return null;
}

/** The constants that `rung` does not leave as its file has them. */
const constantsOf = <Shape>(rung: Rung<Shape>, shape: Shape, tile: Constants = {}): Constants => ({
  ...rung.constants?.(shape),
  ...tile,
});

/** Why `rung` cannot run `shape` on `device`, or null. @param tile constants over its own */
export function whyUnsupported<Shape>(
  rung: Rung<Shape>,
  shape: Shape,
  device: DeviceTraits,
  tile?: Constants,
): string | null {
  const missing = (rung.features ?? []).filter((feature) => !device.features.has(feature));
  if (missing.length > 0) return `the adapter lacks ${missing.join(", ")}`;
  const buffers = Math.max(
    ...rung.passes.map(
      ({ entryPoint }) => bindingsOf(rung, entryPoint).filter(({ access }) => access !== "uniform").length,
    ),
  );
  const most = device.maxStorageBuffersPerShaderStage;
  if (buffers > most) return `it binds ${buffers} storage buffers, the adapter takes ${most}`;
  return rung.unsupported?.(shape, device) ?? whyTooLarge(rung, constantsOf(rung, shape, tile), device);
}

const halvesAmong = (tensors: Readonly<Record<string, KernelTensor>>): readonly string[] =>
  Object.keys(tensors).filter((name) => tensors[name]!.dtype === "f16");

const featuresOf = <Shape>(
  { features = [] }: Rung<Shape>,
  tensors: Readonly<Record<string, KernelTensor>>,
): readonly GPUFeatureName[] =>
  halvesAmong(tensors).length > 0 ? [...new Set([...features, ...precisionFeatures.f16])] : features;

/** Why no rung of `kernel` can run `shape` on a device without f16, which its tensors lie in memory as; null where one can. */
export function whyNoHalves<Shape>(kernel: Kernel<Shape>, shape: Shape, { features }: DeviceTraits): string | null {
  const halves = halvesAmong(kernel.tensors(shape));
  if (halves.length === 0 || precisionFeatures.f16.every((feature) => features.has(feature))) return null;
  return `${halves.join(", ")} in f16: the adapter lacks ${precisionFeatures.f16.join(", ")}`;
}

/** @throws UnsupportedRungError where a kernel's tensors are f16 and the device has none */
function refuseHalves<Shape>(kernel: Kernel<Shape>, shape: Shape, device: DeviceTraits): void {
  const reason = whyNoHalves(kernel, shape, device);
  if (reason !== null)
    throw new UnsupportedRungError(`${kernel.name} cannot run ${JSON.stringify(shape)}: it has ${reason}`);
}

/** @throws UnsupportedRungError */
function refuseUnsupported<Shape>(rung: Rung<Shape>, shape: Shape, device: DeviceTraits, tile?: Constants): void {
  const reason = whyUnsupported(rung, shape, device, tile);
  if (reason !== null) throw new UnsupportedRungError(`${rung.id} cannot run ${JSON.stringify(shape)}: ${reason}`);
}

function chooseRung<Shape>(
  kernel: Kernel<Shape>,
  shape: Shape,
  { device, rung: forced, tile }: PlanOptions,
): Rung<Shape> {
  const byId = (id: string): Rung<Shape> => {
    const rung = kernel.rungs.find((candidate) => candidate.id === id);
    if (!rung) {
      throw new Error(`${kernel.name} has no rung "${id}"; it has ${kernel.rungs.map((r) => r.id).join(", ")}`);
    }
    return rung;
  };
  if (forced !== undefined) {
    if (forced === kernel.noop?.id) {
      throw new UnsupportedRungError(
        `${forced} computes nothing: benchmarks time it, and no program can be made of it`,
      );
    }
    const rung = byId(forced);
    refuseUnsupported(rung, shape, device, tile);
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

/** @throws where the module's variables do not match the kernel's tensors, which a device would report late or never */
function checkBindings(
  bindings: readonly WgslBinding[],
  tensors: Readonly<Record<string, KernelTensor>>,
  scratch: Readonly<Record<string, TensorSpec>>,
): void {
  for (const { name, access } of bindings) {
    if (access === "uniform") {
      if (name !== "params") throw new Error(`the uniform "${name}" must be called "params"`);
      continue;
    }
    if (!(name in tensors) && !(name in scratch)) throw new Error(`binding "${name}" is no tensor of the kernel`);
    const role = tensors[name]?.role ?? "inout";
    if (role === "in" && access !== "read") throw new Error(`input "${name}" must be bound read-only`);
    if (role !== "in" && access === "read" && name in tensors)
      throw new Error(`output "${name}" must be bound read_write`);
  }
  const unbound = Object.keys({ ...tensors, ...scratch }).filter(
    (name) => !bindings.some((binding) => binding.name === name),
  );
  if (unbound.length > 0) throw new Error(`the module does not bind ${unbound.join(", ")}`);
}

function checkWorkgroups(entryPoint: string, workgroups: Workgroups): Workgroups {
  if (workgroups.every((count) => Number.isInteger(count) && count >= 1 && count <= maxWorkgroups)) return workgroups;
  throw new RangeError(
    `entry point ${entryPoint} wants [${workgroups.join(", ")}] workgroups; each must be from 1 to ${maxWorkgroups}`,
  );
}

function dispatchesOf<Shape>(
  rung: Rung<Shape>,
  shape: Shape,
  tensors: Readonly<Record<string, KernelTensor>>,
  tile: Constants | undefined,
): Pick<KernelPlan, "scratch" | "dispatches"> {
  const { module } = rung;
  const overrides = constantsOf(rung, shape, tile);
  const halves = halvesAmong(tensors);
  const misread = Object.keys(tensors).find((name) => !halves.includes(name) && bindsHalves(module.code, name));
  if (misread !== undefined) throw new Error(`the module binds "${misread}" as f16, which lies in memory as f32`);
  const set = module.withConstants(overrides);
  const wgsl = halves.length > 0 ? withHalves(set, halves) : set;
  const constants = { ...module.constants, ...overrides };
  const scratch = rung.scratch?.(shape, constants) ?? {};
  const { bindings, params: fields } = module;
  checkBindings(bindings, tensors, scratch);
  const uniform = bindings.some(({ access }) => access === "uniform");
  if (uniform !== fields.length > 0)
    throw new Error(uniform ? "a uniform needs `struct Params`" : "`struct Params` is bound by no uniform");
  const params = packParams(fields, rung.params?.(shape, constants) ?? {});
  const dispatches = rung.passes.flatMap(({ entryPoint, workgroups }) => {
    const grid = workgroups(shape, constants);
    if (grid === null) return [];
    const dispatch = { rung: rung.id, wgsl, entryPoint, bindings: bindingsOf(rung, entryPoint), params };
    return [{ ...dispatch, workgroups: checkWorkgroups(entryPoint, grid) }];
  });
  if (dispatches.length === 0) throw new Error("none of its passes has anything to do");
  return { scratch, dispatches };
}

function planRung<Shape>(kernel: Kernel<Shape>, rung: Rung<Shape>, shape: Shape, tile?: Constants): KernelPlan {
  const tensors = kernel.tensors(shape);
  let planned: Pick<KernelPlan, "scratch" | "dispatches">;
  try {
    planned = dispatchesOf(rung, shape, tensors, tile);
  } catch (error) {
    throw new Error(`${rung.id}: ${(error as Error).message}`, { cause: error });
  }
  return {
    kernel: kernel.name,
    rung: rung.id,
    ...(tile && { tile }),
    tensors,
    ...planned,
    features: featuresOf(rung, tensors),
    flops: kernel.flops(shape),
    leastBytes: Object.values(tensors).reduce((sum, t) => sum + sizeBytes(t) * (t.role === "inout" ? 2 : 1), 0),
  };
}

interface PlanOptions {
  readonly device: DeviceTraits;
  /** Forces a rung by id instead of the kernel's own choice. */
  readonly rung?: string | undefined;
  /** Constants over the rung's own; only with a rung. */
  readonly tile?: Constants | undefined;
}

/**
 * Plans `kernel` for `shape`; touches no device.
 * @throws what `kernel.check` throws; an error that names the rung where its module and its description disagree
 */
export function planKernel<Shape>(kernel: Kernel<Shape>, shape: Shape, options: PlanOptions): KernelPlan {
  kernel.check(shape);
  refuseHalves(kernel, shape, options.device);
  const { rung, tile } = options;
  if (tile && rung === undefined) throw new Error(`${kernel.name}: a tile without the rung whose constants it sets`);
  return planRung(kernel, chooseRung(kernel, shape, options), shape, tile);
}

/**
 * Plans the dispatch floor of `kernel`, which moves and computes nothing, as `planKernel` plans a rung; null where the
 * kernel has none. @throws as `planKernel` does; UnsupportedRungError where `device` cannot run it
 */
export function planNoop<Shape>(kernel: Kernel<Shape>, shape: Shape, device: DeviceTraits): KernelPlan | null {
  kernel.check(shape);
  if (!kernel.noop) return null;
  refuseHalves(kernel, shape, device);
  refuseUnsupported(kernel.noop, shape, device);
  return { ...planRung(kernel, kernel.noop, shape), flops: 0, leastBytes: 0 };
}
