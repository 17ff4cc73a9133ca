import type { Model } from "@fledge/training";
import { Argument, type Command } from "commander";
import { UsageError } from "../../config/resolve.ts";
import { stages } from "../../method.ts";
import type { ModelName } from "../../run/records.ts";
import { trainedModel } from "../../stages/train-model.ts";
import {
  withAcceptance,
  withAdapter,
  withConfig,
  withData,
  withRun,
  withTuning,
  type AcceptanceFlags,
  type AdapterFlags,
  type ConfigFlags,
  type RunFlags,
  type TuningFlags,
} from "../options.ts";
import { printTables } from "../print-tables.ts";
import { withSession, type Needs, type OpenSession } from "../open-session.ts";

export type StageFlags = { readonly run?: string } & Pick<ConfigFlags, "labelled" | "unlabelled"> &
  AcceptanceFlags &
  AdapterFlags;
export type TrainableName = "teacher" | "student" | "noisy-student";

export const trainableNames: readonly TrainableName[] = ["teacher", "student", "noisy-student"];

/** Opens the run that earlier stages wrote. */
export function withExistingRun<T>(
  flags: StageFlags,
  needs: Needs,
  body: (open: OpenSession) => Promise<T>,
): Promise<T> {
  if (flags.run === undefined)
    throw new UsageError(
      'this stage wants a run with a trained teacher: give it with --run, or begin with "fledge train teacher"',
    );
  return withSession({ ...flags, resume: true, tune: true }, body, needs);
}

export function finished({ session }: OpenSession, name: TrainableName): Promise<Model | undefined> {
  return trainedModel(session, name);
}

/** The model that labels, ready. @throws UsageError where its training is not complete */
async function labeller(open: OpenSession): Promise<Model> {
  const { path } = open.session.run;
  const teacher = await finished(open, "teacher");
  if (!teacher)
    throw new UsageError(
      `${path} has no finished teacher: "fledge train teacher --run ${path} --resume" goes on with it`,
    );
  return stages(open.session, open.data).trainLabeller(teacher);
}

async function trainOne(
  name: TrainableName,
  flags: ConfigFlags & RunFlags & TuningFlags & AdapterFlags,
): Promise<void> {
  if (name === "teacher") {
    await withSession(flags, async ({ session, data }) => void (await stages(session, data).trainTeacher()));
    return;
  }
  await withExistingRun(flags, { initialWeights: () => true }, async (open) => {
    const paper = stages(open.session, open.data);
    const teacher = await labeller(open);
    await (name === "student" ? paper.trainStudent(teacher) : paper.trainNoisyStudent(teacher));
  });
}

async function evaluateAll(flags: StageFlags): Promise<void> {
  await withExistingRun(flags, { initialWeights: () => false }, async (open) => {
    const { session, data } = open;
    const models: Partial<Record<ModelName, Model>> = {};
    for (const name of trainableNames) {
      const model = await finished(open, name);
      if (model) models[name] = model;
    }
    if (Object.keys(models).length === 0)
      throw new UsageError(`${session.run.path} has no trained model yet: begin with "fledge train teacher"`);
    const paper = stages(session, data);
    await paper.evaluate(models);
    await printTables(session.run);
  });
}

/** A labelling teacher of its own split may have to be trained first. */
const labelling: Needs = { initialWeights: ({ pseudoLabels }) => pseudoLabels.from === "own-split" };

export const stage = (program: Command, name: string, description: string): Command =>
  withAdapter(withAcceptance(withData(program.command(name).description(description)))).option(
    "--run <dir>",
    "folder of the run with the trained models",
  );

export function register(program: Command): void {
  const train = program.command("train").description("train one model of the paper");
  train.addArgument(
    new Argument("<model>", "the teacher starts a run; the students continue one with --run").choices(trainableNames),
  );
  withAdapter(withTuning(withRun(withConfig(train)))).action(trainOne);
  stage(program, "pseudo-label", "label the unlabelled images with the run's teacher").action((flags: StageFlags) =>
    withExistingRun(flags, labelling, async (open) =>
      stages(open.session, open.data).pseudoLabel(await labeller(open)),
    ),
  );
  stage(program, "evaluate", "accuracy of the run's models on the test images (table 2)").action(evaluateAll);
}
