import { createHash } from "node:crypto";
import type { Session } from "../stages/session.ts";
import type { Chosen } from "./choose-cases.ts";
import { evaluateView } from "./evaluate-view.ts";
import type { Case, Measurement, Measuring, Subject, ViewCase } from "./family.ts";
import { keepPictures, renderFirst } from "./pictures.ts";
import { readRobustness, writeRobustness, type RobustnessRecord } from "./records.ts";
import { firstOf, type TakenImages } from "./test-images.ts";

/** What `measureRobustness` measures. */
export interface RobustnessPlan {
  readonly subjects: readonly Subject[];
  readonly cases: readonly Chosen[];
  readonly images: TakenImages;
  /** How many test images there are. */
  readonly of: number;
  readonly reference: string;
}

const sha256 = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");

/** What decides a case's numbers besides the model's weights. */
function keyOf({ config: { robustness } }: Session, { family, one }: Chosen, { dataset }: TakenImages): string {
  const settings = "view" in one ? { view: one.view } : one.settings;
  const images = dataset.samples.map(({ path }) => path);
  return sha256([family.name, one.name, one.after ?? null, settings, robustness.seed, images]);
}

async function measureView(measuring: Measuring, { view, pictures: count = 0 }: ViewCase): Promise<Measurement> {
  const { classes, accuracy, loss } = await evaluateView(measuring, view);
  const correct = measuring.dataset.samples.map(({ label }, index) => (classes[index] === label ? "1" : "0")).join("");
  const images = count === 0 ? [] : await renderFirst(measuring, view, count);
  const pictures = images.map((image, place) => ({ place, image, taken: classes[place]! }));
  return { values: { accuracy, loss }, correct, pictures };
}

const measureCase = (one: Case, measuring: Measuring): Promise<Measurement> =>
  "view" in one ? measureView(measuring, one) : one.measure(measuring);

const sameCase = (a: RobustnessRecord, b: Pick<RobustnessRecord, "model" | "family" | "case">): boolean =>
  a.model === b.model && a.family === b.family && a.case === b.case;

/** Measures a case, or takes what is known of these very weights, settings and images unless it begins from something new. */
async function recordOf(
  session: Session,
  records: readonly RobustnessRecord[],
  { subject, chosen, taken }: { readonly subject: Subject; readonly chosen: Chosen; readonly taken: TakenImages },
  begunAnew: boolean,
  progress: Measuring["progress"],
): Promise<{ readonly record: RobustnessRecord; readonly known: boolean }> {
  const { family, one } = chosen;
  const place = { model: subject.name, family: family.name, case: one.name };
  const { checksum } = subject;
  const key = keyOf(session, chosen, taken);
  const found = records.find((record) => sameCase(record, place));
  if (!begunAnew && found?.key === key && found.checksum === checksum) return { record: found, known: true };
  const before = records.find((record) => sameCase(record, { ...place, case: one.after ?? "" }));
  const start = performance.now();
  const {
    values,
    lists,
    correct,
    pictures = [],
  } = await measureCase(one, { ...taken, session, subject, before, progress });
  const seconds = (performance.now() - start) / 1000;
  const record = {
    model: place.model,
    checksum,
    family: place.family,
    case: place.case,
    key,
    images: taken.indices.length,
    seconds,
    values: { ...values },
    ...(lists ? { lists: Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, [...list]])) } : {}),
    ...(correct === undefined ? {} : { correct }),
    ...(pictures.length === 0 ? {} : { shown: await keepPictures(session.run, taken.dataset, place, pictures) }),
  };
  return { record, known: false };
}

/** The records with one more, in the place of what was known of its case before. */
function withRecord(records: readonly RobustnessRecord[], record: RobustnessRecord): RobustnessRecord[] {
  const at = records.findIndex((one) => sameCase(one, record));
  return at < 0 ? [...records, record] : records.with(at, record);
}

/**
 * Measures the chosen cases of some models one by one, each as soon as it is done into the run's `robustness.json`.
 * What that holds already of the same weights, settings and images is not done again; what it holds of others is
 * replaced.
 */
export async function measureRobustness(session: Session, plan: RobustnessPlan): Promise<void> {
  const { run, reporter } = session;
  const { subjects, cases, images, of, reference } = plan;
  const taken = new Map(cases.map((chosen) => [chosen, firstOf(images, chosen.one.images ?? null)]));
  const costOf = (chosen: Chosen): number => (chosen.one.cost ?? 1) * taken.get(chosen)!.indices.length;
  const cost = subjects.length * cases.reduce((sum, chosen) => sum + costOf(chosen), 0);
  reporter.measuring({ cases: subjects.length * cases.length, cost });
  let { records } = (await readRobustness(run)) ?? { records: [] };
  const keep = (): Promise<void> =>
    writeRobustness(run, {
      reference,
      images: { taken: images.indices.length, of },
      settings: session.config.robustness,
      classes: [...images.dataset.classes],
      records,
    });
  for (const subject of subjects) {
    const renewed = new Set<string>();
    for (const chosen of cases) {
      const { family, one } = chosen;
      const name = `${family.name}/${one.name}`;
      const about = { subject: subject.name, name, cost: costOf(chosen) };
      const { record, known } = await recordOf(
        session,
        records,
        { subject, chosen, taken: taken.get(chosen)! },
        renewed.has(`${family.name}/${one.after}`),
        (share) => reporter.caseUnderWay(about, share),
      );
      if (!known) {
        renewed.add(name);
        records = withRecord(records, record);
        await keep();
      }
      reporter.caseMeasured(about, known, record.values);
    }
  }
  await keep();
}
