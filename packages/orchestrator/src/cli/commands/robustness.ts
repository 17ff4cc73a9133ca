import { resolve, sep } from "node:path";
import { isThere } from "@fledge/files";
import { fingerprintOf } from "@fledge/data";
import type { Model } from "@fledge/training";
import { UsageError, withOverrides, type Overrides } from "../../config/resolve.ts";
import { reportedModels } from "../../methods/models-of.ts";
import { writeReport } from "../../report/write-report.ts";
import { chooseCases } from "../../robustness/choose-cases.ts";
import { familiesOf } from "../../robustness/families.ts";
import type { Subject } from "../../robustness/family.ts";
import { measureRobustness } from "../../robustness/measure.ts";
import { readRobustness } from "../../robustness/records.ts";
import { takeImages } from "../../robustness/test-images.ts";
import { bestOf } from "../../run/checkpoints.ts";
import type { ModelName } from "../../run/records.ts";
import type { RunDirectory } from "../../run/run-directory.ts";
import { loadWeights, newModel } from "../../stages/models.ts";
import type { Session } from "../../stages/session.ts";
import { reportedSplit } from "../../stages/split.ts";
import { log } from "../log.mjs";
import type { OpenSession } from "../open-session.ts";
import { printTables } from "../print-tables.ts";
import { finished, withExistingRun, type StageFlags } from "./stages.ts";

interface Flags extends StageFlags {
  readonly only?: readonly string[];
  readonly models?: readonly ModelName[];
  readonly weights?: readonly string[];
  readonly reference: string;
  readonly limitImages?: number;
  readonly set?: readonly Overrides[];
  readonly json?: true;
}

/** The run's session under the settings that this command is given. */
function settled(session: Session, { limitImages, set = [] }: Flags): Session {
  const limit = { robustness: { images: limitImages } };
  return { ...session, config: withOverrides(session.config, [...set, limit], "the run's settings with your changes") };
}

const checksumOf = async (file: string): Promise<string> => (await fingerprintOf(file)).sha256;

/** The run's models that were asked for. @throws UsageError where one was asked for by name and is not trained */
async function trained(open: OpenSession, models: Flags["models"]): Promise<Subject[]> {
  const { run } = open.session;
  const subjects: Subject[] = [];
  for (const name of models ?? reportedModels(run.config)) {
    const model = await finished(open, name);
    if (model) subjects.push({ name, model, checksum: await checksumOf(bestOf(run, name, "evaluated")) });
    else if (models) throw new UsageError(`${run.path} has no finished ${name}: name others with --models`);
  }
  return subjects;
}

/** A file of weights as a model, named after the file and its folder: every run has a best.safetensors. */
async function foreign({ gpu, config, classes, choices }: Session, file: string): Promise<Subject> {
  if (!isThere(file)) throw new UsageError(`--weights: there is no file ${file}`);
  const model: Model = newModel(gpu, config, classes, choices);
  await loadWeights(file, model);
  return { name: resolve(file).split(sep).slice(-2).join("-"), model, checksum: await checksumOf(file) };
}

/** @throws UsageError where mCE and the like would have nothing to divide by, now or later */
async function checkReference(run: RunDirectory, reference: string, subjects: readonly Subject[]): Promise<void> {
  const measured = (await readRobustness(run))?.records.map(({ model }) => model) ?? [];
  const known = [...new Set([...reportedModels(run.config), ...subjects.map(({ name }) => name), ...measured])];
  if (known.includes(reference)) return;
  throw new UsageError(`--reference ${reference}: there is no such model; there is ${known.join(", ")}`);
}

export async function measure(flags: Flags): Promise<void> {
  // The settings and weights of the run itself are not those that this command is given.
  const { set: _set, weights: _weights, ...ofRun } = flags;
  await withExistingRun(ofRun, { initialWeights: () => false }, async (open) => {
    const session = settled(open.session, flags);
    const { config, run } = session;
    const cases = chooseCases(familiesOf(config), flags.only ?? []);
    const weights = flags.weights ?? [];
    // With a file of weights the run's own models are left out unless they are asked for.
    const own = weights.length > 0 && !flags.models ? [] : await trained(open, flags.models);
    const others: Subject[] = [];
    for (const file of weights) others.push(await foreign(session, file));
    const subjects = [...own, ...others];
    if (subjects.length === 0)
      throw new UsageError(`${run.path} has no trained model yet: begin with "npx fledge train teacher"`);
    await checkReference(run, flags.reference, subjects);
    const { test } = reportedSplit(config, open.data.labelled);
    const images = takeImages(test, config.robustness.images, config.robustness.seed);
    const of = test.samples.length;
    if (images.indices.length < of) log.info(`looking at ${images.indices.length} of the ${of} test images`);
    await measureRobustness(session, { subjects, cases, images, of, reference: flags.reference });
    const page = await writeReport(run, (problem) => log.warn(problem));
    if (flags.json) console.log(JSON.stringify(await readRobustness(run), null, 2));
    else await printTables(run);
    log.success(`the report is ${page}`);
  });
}
