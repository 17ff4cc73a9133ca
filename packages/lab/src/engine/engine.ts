import { benchCase, budgets, type CaseResult } from "@fledge/bench/browser";
import { findHazards, type Place, type Task } from "@fledge/kernel-lab";
import {
  Gpu,
  ShaderCompilationError,
  describeSpec,
  planKernel,
  sizeBytes,
  whyUnsupported,
  type AdapterDescription,
  type CompilationMessage,
  type Rung,
} from "@fledge/runtime";
import { floorTask, tryRung } from "@fledge/testing/browser";
import type { OpenedStep, StepSizes } from "./step-sizes.ts";
import { withEdit, type Edit } from "./edited.ts";
import { traceRung, type TraceChoice, type TraceView } from "./trace.ts";
import { allRungs, loadLadder, taskOf, type Case, type LoadedLadder, type Shape } from "./ladders.ts";

/** Which ladder: a kernel's project and the kernel. */
export interface LadderName {
  readonly project: string;
  readonly kernel: string;
}

/** One of a ladder's cases, or a shape of the visitor's own in its place. */
export interface CaseChoice {
  readonly key: string;
  readonly shape?: Shape | undefined;
}

/** A rung as plain data. */
export interface RungView {
  readonly id: string;
  readonly idea: string;
  /** The rung that it starts from. */
  readonly from: string | null;
  readonly source: string;
  readonly constants: Readonly<Record<string, number>>;
  /** Those of its constants that the host sets, by the shape. */
  readonly hostConstants: readonly string[];
  readonly isFloor: boolean;
  /** Why it cannot run on this adapter at all: a feature that is missing. */
  readonly lacks: string | null;
}

export interface CaseView {
  readonly key: string;
  readonly name: string;
  readonly kind: Case["kind"];
  readonly shape: Shape;
  /** Its tensors together, each once. */
  readonly sizeBytes: number;
}

export interface LadderView extends LadderName {
  readonly rungs: readonly RungView[];
  readonly cases: readonly CaseView[];
}

/** What a rung's host side is on one shape. */
export interface HostView {
  readonly params: Readonly<Record<string, number>>;
  readonly scratch: readonly { readonly name: string; readonly spec: string }[];
  readonly passes: readonly { readonly entryPoint: string; readonly workgroups: readonly number[] }[];
}

/** What came of a check on one shape. */
export interface Verdict {
  readonly rung: string;
  readonly case: string;
  readonly outcome: "sound" | "unsupported" | "failed";
  readonly reason: string | null;
  /** Over its bound, so at most 1 where the rung is sound. */
  readonly worstError: number | null;
  readonly worstAt: Place | null;
  /** What one run does not show, in sentences; only a visitor's module is searched for it. */
  readonly hazards: readonly string[];
  /** Where it does not compile. */
  readonly messages: readonly CompilationMessage[];
}

const viewOf = (rung: Rung<Shape>, { kernel, cases }: LoadedLadder, features: ReadonlySet<string>): RungView => {
  const missing = (rung.features ?? []).filter((feature) => !features.has(feature));
  return {
    id: rung.id,
    idea: rung.idea,
    from: rung.from?.id ?? null,
    source: rung.module.source,
    constants: rung.module.constants,
    hostConstants: Object.keys(rung.constants?.(cases[0]!.shape) ?? {}),
    isFloor: rung === kernel.noop,
    lacks: missing.length > 0 ? `this adapter lacks ${missing.join(", ")}` : null,
  };
};

/** @throws what `kernel.check` throws, which names the size at fault */
function choose({ kernel, cases }: LoadedLadder, { key, shape }: CaseChoice): Case {
  const found = cases.find((one) => one.key === key);
  if (!found) throw new Error(`${kernel.name} has no case "${key}"`);
  if (!shape) return found;
  kernel.check(shape);
  return { ...found, name: "own sizes", shape };
}

/** The device and what is asked of it; the page talks to it as if it were here, and it lives in a worker. */
export class Engine {
  #gpu: Promise<Gpu> | undefined;

  /** Opened when first asked for; a device that is lost is opened anew. */
  async #open(): Promise<Gpu> {
    const gpu = await (this.#gpu ??= Gpu.open());
    try {
      gpu.throwIfFailed();
      return gpu;
    } catch {
      return (this.#gpu = Gpu.open());
    }
  }

  /** The adapter in words. @throws AdapterNotFoundError */
  async adapter(): Promise<AdapterDescription> {
    return (
      await this.#open().catch((error: unknown) => {
        this.#gpu = undefined; // The visitor may mend it and ask again.
        throw error;
      })
    ).adapter;
  }

  /** A ladder's rungs and cases; where there is no adapter too, for reading needs none. */
  async ladder({ project, kernel }: LadderName): Promise<LadderView> {
    const ladder = await loadLadder(project, kernel);
    const features = await this.#open().then(
      ({ traits }) => traits.features,
      () => new Set<string>(),
    );
    return {
      project,
      kernel,
      rungs: allRungs(ladder).map((rung) => viewOf(rung, ladder, features)),
      cases: ladder.cases.map(({ key, name, kind, shape }) => {
        const tensors = Object.values(ladder.kernel.tensors(shape));
        return { key, name, kind, shape, sizeBytes: tensors.reduce((sum, tensor) => sum + sizeBytes(tensor), 0) };
      }),
    };
  }

  /** What a shape comes to. @throws what the kernel says of a shape that it refuses */
  async describeShape({ project, kernel: name }: LadderName, choice: CaseChoice) {
    const ladder = await loadLadder(project, name);
    const { shape } = choose(ladder, choice);
    const gpu = await this.#open();
    const plan = planKernel(ladder.kernel, shape, { device: gpu.traits });
    const refusals = Object.fromEntries(
      ladder.kernel.rungs.map((rung) => [rung.id, whyUnsupported(rung, shape, gpu.traits)]),
    );
    return { flops: plan.flops, leastBytes: plan.leastBytes, selected: plan.rung, refusals };
  }

  /** Runs a rung once on one shape and judges it against the float64 reference. */
  async check({ project, kernel: name }: LadderName, rungId: string, choice: CaseChoice): Promise<Verdict> {
    const ladder = await loadLadder(project, name);
    const rung = allRungs(ladder).find(({ id }) => id === rungId);
    if (!rung) throw new Error(`${name} has no rung "${rungId}"`);
    return (await judgeOn(await this.#open(), ladder.kernel, rung, choose(ladder, choice))).verdict;
  }

  /**
   * Checks and times rungs, all of the ladder where none is named, on one shape, beside the adapter's ceilings.
   * @param mode as FLEDGE_BENCH has it
   */
  async time(
    { project, kernel: name }: LadderName,
    choice: CaseChoice,
    mode: "quick" | "full",
    rungIds?: readonly string[],
  ): Promise<CaseResult> {
    const ladder = await loadLadder(project, name);
    const { problem, name: caseName, shape } = choose(ladder, choice);
    const rungs = allRungs(ladder).filter(({ id }) => rungIds === undefined || rungIds.includes(id));
    const budget = budgets[mode];
    return benchCase(await this.#open(), problem, rungs, [caseName, shape], budget, budget.ladderMs);
  }

  /**
   * Runs a visitor's module on a case as `check` runs a rung, and where it is right searches it for what one run does
   * not show.
   * @param search false for the one run alone
   */
  async tryEdit(
    { project, kernel: name }: LadderName,
    edit: Edit,
    choice: CaseChoice,
    search = true,
  ): Promise<Verdict> {
    const ladder = await loadLadder(project, name);
    const gpu = await this.#open();
    const one = choose(ladder, choice);
    const { kernel, rung } = withEdit(ladder, edit);
    const { verdict, task } = await judgeOn(gpu, kernel, rung, one);
    if (!task || !search) return verdict;
    const plan = planKernel(kernel, one.shape, { device: gpu.traits, rung: rung.id });
    if (plan.leastBytes > hazardBytes) return verdict;
    const hazards = await findHazards(gpu, plan, task, rung.errorFactor?.(one.shape) ?? 1);
    return hazards.length === 0 ? verdict : { ...verdict, outcome: "failed", reason: hazards[0]!, hazards };
  }

  /** What a rung, or a visitor's module, reads and writes step by step. @throws what `traceRung` throws */
  async trace({ project, kernel: name }: LadderName, choice: TraceChoice): Promise<TraceView> {
    return traceRung(await this.#open(), await loadLadder(project, name), choice);
  }

  /**
   * Times a visitor's module on a shape in the same rounds as rungs, all of the ladder where none is named, and the
   * adapter's ceilings.
   */
  async timeEdit(
    { project, kernel: name }: LadderName,
    edit: Edit,
    choice: CaseChoice,
    rungIds?: readonly string[],
  ): Promise<CaseResult> {
    const ladder = await loadLadder(project, name);
    const { problem, name: caseName, shape } = choose(ladder, choice);
    const { kernel, rung: yours } = withEdit(ladder, edit);
    const rungs = kernel.rungs.filter((rung) => rung === yours || (rungIds?.includes(rung.id) ?? true));
    const budget = budgets.quick;
    const withYours = { ...problem, kernel };
    return benchCase(await this.#open(), withYours, rungs, [caseName, shape], budget, budget.ladderMs);
  }

  /** What the host gives a rung on a shape, and so a module in its place. */
  async describeHost({ project, kernel: name }: LadderName, rungId: string, choice: CaseChoice): Promise<HostView> {
    const ladder = await loadLadder(project, name);
    const rung = allRungs(ladder).find(({ id }) => id === rungId);
    if (!rung) throw new Error(`${name} has no rung "${rungId}"`);
    const { shape } = choose(ladder, choice);
    const constants = { ...rung.module.constants, ...rung.constants?.(shape) };
    return {
      params: rung.params?.(shape, constants) ?? {},
      scratch: Object.entries(rung.scratch?.(shape, constants) ?? {}).map(([tensor, spec]) => ({
        name: tensor,
        spec: describeSpec(spec),
      })),
      passes: rung.passes.flatMap(({ entryPoint, workgroups }) => {
        const grid = workgroups(shape, constants);
        return grid === null ? [] : [{ entryPoint, workgroups: grid }];
      }),
    };
  }

  /** A training step as its plan, timed here. @throws what `openStep` throws */
  async trainingStep(sizes: StepSizes): Promise<OpenedStep> {
    const { openStep } = await import("./training-step.ts"); // It loads the kernels of all ladders.
    return openStep(await this.#open(), sizes);
  }
}

/** Shapes that move more are judged once, and not searched for hazards: each search is six runs or more. */
const hazardBytes = 4 * 2 ** 20;

/** What came of a run, and where it was right what was asked. */
interface Judged {
  readonly verdict: Verdict;
  readonly task?: Task<Shape>;
}

/** Runs `rung` of `kernel` on a case; what does not compile is a verdict too, any other fault is thrown. */
async function judgeOn(gpu: Gpu, kernel: LoadedLadder["kernel"], rung: Rung<Shape>, one: Case): Promise<Judged> {
  const { name, shape, problem } = one;
  const none = { rung: rung.id, case: name, reason: null, worstError: null, worstAt: null, hazards: [], messages: [] };
  const ladder = { ...problem, kernel };
  try {
    const unsupported = whyUnsupported(rung, shape, gpu.traits);
    if (unsupported !== null) return { verdict: { ...none, outcome: "unsupported", reason: unsupported } };
    const task = rung === kernel.noop ? floorTask(ladder, name, shape) : taskOf(one);
    const trial = await tryRung(gpu, kernel, rung, task);
    if (trial.outcome !== "sound") return { verdict: { ...none, outcome: trial.outcome, reason: trial.reason } };
    const { worstError, worstAt } = trial;
    return { verdict: { ...none, outcome: "sound", worstError, worstAt }, task };
  } catch (error) {
    if (!(error instanceof ShaderCompilationError)) throw error;
    return { verdict: { ...none, outcome: "failed", reason: error.message, messages: error.messages } };
  }
}
