import {
  parseWgsl,
  ShaderCompilationError,
  sizeBytes,
  type Dispatch,
  type Gpu,
  type KernelPlan,
  type TensorSpec,
} from "@fledge/runtime";
import { KernelTensors, type LoadedPlan } from "../run-kernel.ts";
import type { TensorData, Tensors } from "../tensor-data.ts";
import { withoutHalves, type Emulated } from "./emulated.ts";
import { indexRange, instrument, logName, type Instrumented } from "./instrument.ts";
import { boundAs } from "./layout.ts";
import { inLockstep, type CellsOf, type Step } from "./lockstep.ts";
import { UntraceableError, type TracedVariable } from "./accesses.ts";

/** A tensor, a scratch buffer or a variable in workgroup memory, as cells. */
export interface Memory {
  readonly name: string;
  /** `in`, `out` and `inout` are the kernel's tensors. */
  readonly role: "in" | "out" | "inout" | "scratch" | "workgroup";
  /** As it lies in memory, the last the fastest: of a tensor its shape, of workgroup memory arrays, rows, cells. */
  readonly shape: readonly number[];
  /** What one cell holds where that is no number: `Moments`. */
  readonly cell: string | null;
}

/** One dispatch of a plan, run with a log. */
export interface DispatchTrace {
  readonly entryPoint: string;
  readonly workgroups: readonly [number, number, number];
  readonly workgroupSize: readonly [number, number, number];
  /** Those that it reads or writes. */
  readonly memories: readonly Memory[];
  /** The steps of each workgroup, in the order of their flat index. */
  readonly groups: readonly (readonly Step[])[];
}

export interface PlanTrace {
  readonly rung: string;
  readonly dispatches: readonly DispatchTrace[];
  /** What the plan wrote while it was traced, by tensor. */
  readonly outputs: Readonly<Record<string, TensorData>>;
}

/** Words of the log: what more invocations or longer loops do nobody can look at. */
const logWords = 2 ** 22;
/** One binding more than a rung's own. */
const logBinding = 64;

/** Of workgroup memory without rows. */
const lineCells = 32;

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Of an element. */
const cellBytes = ({ dtype }: TensorSpec): number => sizeBytes({ shape: [1], dtype });

function memoryOf(
  variable: TracedVariable,
  { tensors, scratch }: KernelPlan,
  rowLengths: Instrumented["rowLengths"],
): Memory {
  const { name, space, type, typeText } = variable;
  if (space === "storage") {
    const spec = boundAs(tensors[name] ?? scratch[name]!, typeText);
    return { name, role: tensors[name]?.role ?? "scratch", shape: spec.shape, cell: null };
  }
  const cell = type.bytes === null ? type.element : null;
  const [inner = 1, ...outer] = [...type.lengths].reverse().map((length) => length ?? 1);
  // Rows that do not fill the array, as with a column of padding, are shown as rows of what divides it.
  // Where no row is told, a long array is shown in lines, as text is.
  const row = gcd(
    inner,
    rowLengths.get(name) ?? (inner * type.width > lineCells ? Math.floor(lineCells / type.width) : inner),
  );
  return { name, role: "workgroup", shape: [...outer.reverse(), inner / row, row * type.width], cell };
}

const cellsIn =
  ({ tensors, scratch }: KernelPlan): CellsOf =>
  ({ place: { variable, components } }, index) => {
    const { space, type, typeText, name } = variable;
    const bound = (): TensorSpec => boundAs(tensors[name] ?? scratch[name]!, typeText);
    const width = space === "storage" ? type.bytes! / cellBytes(bound()) : type.width;
    const first = index * width;
    // Components of numbers that are stored in halves share cells.
    if (components === null || width !== type.width) return [{ first: Math.floor(first), count: Math.max(1, width) }];
    return components.map((component) => ({ first: first + component, count: 1 }));
  };

const invocationsOf = ({ workgroups }: Dispatch, { workgroupSize }: Pick<Instrumented, "workgroupSize">): number =>
  [...workgroups, ...workgroupSize].reduce((a, b) => a * b);

/** @throws RangeError where the invocations do more than the log takes */
function entriesIn(log: Uint32Array, start: number, entriesEach: number): Uint32Array {
  const own = log.subarray(start, start + entriesEach);
  const end = own.indexOf(0);
  if (end !== -1) return own.subarray(0, end);
  throw new RangeError(
    `an invocation reads and writes ${entriesEach} times and more, which is too much to follow: take smaller sizes`,
  );
}

function traceOf(
  plan: KernelPlan,
  { workgroups, entryPoint, wgsl }: Dispatch,
  { sites, variables, workgroupSize, rowLengths }: Instrumented,
  log: Uint32Array,
  entriesEach: number,
): DispatchTrace {
  const { code } = parseWgsl(wgsl);
  const size = workgroupSize.reduce((a, b) => a * b);
  const count = workgroups.reduce((a, b) => a * b);
  const entriesOf = function* (group: number) {
    for (let lane = 0; lane < size; lane += 1)
      for (const word of entriesIn(log, (group * size + lane) * entriesEach, entriesEach))
        yield { lane, site: sites[Math.floor(word / indexRange) - 1]!, index: word % indexRange };
  };
  const steps = Array.from({ length: count }, (_, group) => inLockstep(entriesOf(group), code, cellsIn(plan)));
  const touched = new Set(steps.flat().flatMap(({ accesses }) => accesses.map(({ memory }) => memory)));
  const memories = variables
    .filter(({ name }) => touched.has(name))
    .map((variable) => memoryOf(variable, plan, rowLengths));
  return { entryPoint, workgroups, workgroupSize, memories, groups: steps };
}

/** @throws UntraceableError where subgroups are emulated and their barriers may not stand where an operation stands */
async function load(tensors: KernelTensors, plan: KernelPlan, lanes: Emulated["subgroupLanes"]): Promise<LoadedPlan> {
  try {
    return await tensors.load(plan);
  } catch (error) {
    if (
      lanes === undefined ||
      !(error instanceof ShaderCompilationError) ||
      !/uniform control flow/.test(error.message)
    )
      throw error;
    throw new UntraceableError(
      "a subgroup operation stands where invocations of a workgroup may have gone different ways, which a trace that " +
        `emulates subgroups does not follow; an adapter whose own have ${lanes} lanes does`,
      { cause: error },
    );
  }
}

/**
 * Runs a plan once with a log of every read and write of its buffers and of workgroup memory, on the device, by the
 * module's own index arithmetic, and gives it as steps.
 * @param inputs what it reads
 * @param emulated what the device lacks; nothing where it is left out
 * @throws UntraceableError where a module does what is not followed; RangeError where it does too much; what preparing
 * and running throw
 */
export async function tracePlan(
  gpu: Gpu,
  given: KernelPlan,
  inputs: Tensors,
  { subgroupLanes: lanes, halves }: Emulated = {},
): Promise<PlanTrace> {
  const plan = halves ? withoutHalves(given) : given;
  const traced = plan.dispatches.map((dispatch) => {
    const invocations = invocationsOf(dispatch, instrument(dispatch, logBinding, 1, lanes));
    const entriesEach = Math.floor(logWords / invocations);
    if (entriesEach < 16) throw new RangeError(`${invocations} invocations are too many to follow: take smaller sizes`);
    return { ...instrument(dispatch, logBinding, entriesEach, lanes), entriesEach };
  });
  for (const { variables } of traced)
    for (const { name, space, type } of variables)
      if (space === "storage" && type.bytes === null)
        throw new UntraceableError(`"${name}" holds structs, which a trace does not follow`);
  const storage = Math.max(
    ...plan.dispatches.map(({ bindings }) => bindings.filter(({ access }) => access !== "uniform").length),
  );
  const most = gpu.traits.maxStorageBuffersPerShaderStage;
  if (storage >= most)
    throw new UntraceableError(
      `${plan.rung} binds ${storage} storage buffers, and the log of its reads and writes is one more than the ${most} that this adapter takes: it cannot be followed here`,
    );
  const logSpec: TensorSpec = { shape: [logWords], dtype: "u32" };
  const withLog: KernelPlan = {
    ...plan,
    scratch: { ...plan.scratch, [logName]: logSpec },
    dispatches: plan.dispatches.map((dispatch, index) => ({
      ...dispatch,
      wgsl: traced[index]!.wgsl,
      bindings: [...dispatch.bindings, { name: logName, binding: logBinding, access: "read_write" }],
    })),
  };
  const tensors = new KernelTensors(gpu, plan, inputs);
  try {
    const loaded = await load(tensors, withLog, lanes);
    loaded.reset();
    const logged = loaded.scratch[logName]!;
    const dispatches: DispatchTrace[] = [];
    for (const [index, one] of loaded.dispatches.entries()) {
      gpu.write(logged, new Uint32Array(logWords));
      gpu.submit([one]);
      const log = new Uint32Array(await gpu.read(logged));
      dispatches.push(traceOf(plan, plan.dispatches[index]!, traced[index]!, log, traced[index]!.entriesEach));
    }
    return { rung: plan.rung, dispatches, outputs: await tensors.outputs() };
  } finally {
    tensors.free();
  }
}
