import { Loader, type Dataset, type RgbImage } from "@fledge/data";
import {
  Attacker,
  attackImages,
  cleanClasses,
  targetOf,
  type Attack,
  type CleanImages,
  type Model,
} from "@fledge/training";
import type { Config } from "../config/schema.ts";
import { evaluationBatchesOf } from "../stages/batches.ts";
import { cleanView } from "../stages/views.ts";
import type { Case, Family, Headline, Measured, Measurement, Measuring, Picture } from "./family.ts";
import { shownImages } from "./pictures.ts";

/** Every attack of a configuration by its name, the gentlest first. */
function attacksOf({ robustness: { attacks: settings } }: Config): readonly (readonly [string, Attack])[] {
  const { pgd, apgd, square } = settings;
  const { steps, restarts, targets } = apgd;
  return [
    ["fgsm", { kind: "fgsm" }],
    ...pgd.steps.map((count) => [`pgd${count}`, { ...pgd, kind: "pgd", steps: count }] as const),
    ["apgd-ce", { kind: "apgd-ce", steps, restarts }],
    ["apgd-t-dlr", { kind: "apgd-t-dlr", steps, restarts, targets }],
    ["square", { kind: "square", ...square }],
  ];
}

/** Looks at an image that an attack takes at most; a step's gradient counts as two. */
function costOf(attack: Attack): number {
  switch (attack.kind) {
    case "fgsm":
      return 6;
    case "pgd":
    case "apgd-ce":
      return 3 * (attack.steps + 1) * attack.restarts;
    case "apgd-t-dlr":
      return (3 * (attack.steps + 1) + 1) * attack.restarts * attack.targets;
    case "square":
      return attack.queries * attack.restarts;
  }
}

/** The images as bytes, on clean views. */
async function cleanImages({ session, dataset, indices }: Measuring): Promise<CleanImages> {
  const { config, cache } = session;
  const { workers } = config.loader;
  const view = cleanView(config);
  const batchSize = evaluationBatchesOf(config, "students").size;
  const loader = new Loader({ dataset, view, seed: 0, batchSize, workers, cache, shuffle: false });
  const bytes = new Uint8Array(dataset.samples.length * view.crop.size ** 2 * 3);
  try {
    let at = 0;
    for await (const { images } of loader.epoch(0)) {
      bytes.set(images, at);
      at += images.length;
    }
  } finally {
    await loader.close();
  }
  return { bytes, indices, labels: Int32Array.from(dataset.samples, ({ label }) => label) };
}

/** What the attacks on one model share: compiled programs, and the images. */
interface Held {
  readonly model: Model;
  readonly dataset: Dataset;
  readonly attacker: Attacker;
  readonly clean: CleanImages;
}

/** Keeps what the latest model's attacks share, and frees that of the model before. */
function holder(): (measuring: Measuring) => Promise<Held> {
  let held: Held | undefined;
  return async (measuring) => {
    const { session, subject, dataset } = measuring;
    if (held?.model === subject.model && held.dataset === dataset) return held;
    await held?.attacker.release();
    held = undefined;
    const batchSize = evaluationBatchesOf(session.config, "students").size;
    const attacker = new Attacker(targetOf(subject.model), batchSize);
    return (held = { model: subject.model, dataset, attacker, clean: await cleanImages(measuring) });
  };
}

const bits = (flags: readonly boolean[]): string => flags.map((flag) => (flag ? "1" : "0")).join("");

/** A point of an attack as a picture, with the clean image and the difference: grey is none, black and white are epsilon. */
function pictureOf(
  clean: Uint8Array,
  point: Float32Array,
  side: number,
  epsilon: number,
): Pick<Picture, "image" | "change"> {
  const rgb = (valueOf: (value: number, i: number) => number): RgbImage => ({
    width: side,
    height: side,
    data: Uint8Array.from(point, (value, i) => Math.round(255 * Math.min(Math.max(valueOf(value, i), 0), 1))),
  });
  const difference = rgb((value, i) => 0.5 + (255 * value - clean[i]!) / (2 * epsilon));
  return { image: rgb((value) => value), change: { original: rgb((_, i) => clean[i]! / 255), difference } };
}

/** Which images are attacked, and which of them are shown where they are fooled: the first that are right at first. */
async function begin(
  { clean, attacker }: Held,
  before: Measurement | undefined,
): Promise<{ readonly holding: boolean[]; readonly shown: readonly number[] }> {
  // What a smaller epsilon has fooled lies in this ball too.
  if (before?.correct !== undefined)
    return { holding: Array.from(before.correct, (bit) => bit === "1"), shown: before.lists?.["shown"] ?? [] };
  const taken = await cleanClasses(attacker, clean);
  const holding = Array.from(clean.labels, (label, place) => taken[place] === label);
  return { holding, shown: holding.flatMap((right, place) => (right ? [place] : [])).slice(0, shownImages) };
}

async function measureAttack(
  held: Held,
  { session, before, progress }: Measuring,
  { name, attack, epsilon }: { readonly name: string; readonly attack: Attack; readonly epsilon: number },
): Promise<Measurement> {
  const { clean, attacker } = held;
  const { pixels, target } = attacker;
  const { holding, shown } = await begin(held, before);
  const pictures: Picture[] = [];
  const holds = await attackImages(attacker, clean, {
    attack,
    name,
    epsilon,
    seed: session.config.robustness.seed,
    holding,
    progress,
    onFooled(place, point, taken) {
      if (!shown.includes(place)) return;
      const own = clean.bytes.subarray(place * pixels, (place + 1) * pixels);
      pictures.push({ place, taken, ...pictureOf(own, point, target.width, epsilon) });
    },
  });
  const count = holds.filter(Boolean).length;
  pictures.sort((a, b) => a.place - b.place);
  return { values: { accuracy: count / holds.length }, lists: { shown }, correct: bits(holds), pictures };
}

/** The share of images that hold out against every attack that was measured at an epsilon, and which attacks those are. */
function worstCase(
  measured: Measured,
  names: readonly string[],
  epsilon: number,
): { readonly accuracy: number; readonly attacks: readonly string[] } | null {
  const attacks = names.filter((name) => measured.get(`${name}/${epsilon}`)?.correct !== undefined);
  const rows = attacks.map((name) => measured.get(`${name}/${epsilon}`)!.correct!);
  const [first] = rows;
  if (first === undefined || first.length === 0 || rows.some((row) => row.length !== first.length)) return null;
  const holding = Array.from(first).filter((_, place) => rows.every((row) => row[place] === "1")).length;
  return { accuracy: holding / first.length, attacks };
}

/**
 * Attacks in pixel space within an L-infinity ball: white-box FGSM, PGD, APGD on the cross entropy and targeted APGD on
 * DLR, and Square, which only asks. Images that are wrong without an attack count as wrong. An attack's curve goes from
 * epsilon to epsilon over the images that still hold: a picture inside a smaller ball is inside a larger one.
 */
export function attacks(config: Config): Family {
  const { images, epsilons } = config.robustness.attacks;
  const named = attacksOf(config);
  const names = named.map(([name]) => name);
  const shared = holder();
  const view = cleanView(config);
  const cases = named.flatMap(([name, attack]) =>
    epsilons.map((epsilon, index): Case => {
      const about = { name, attack, epsilon };
      return {
        name: `${name}/${epsilon}`,
        series: name,
        at: epsilon,
        images,
        cost: costOf(attack),
        settings: { ...about, view },
        ...(index === 0 ? {} : { after: `${name}/${epsilons[index - 1]!}` }),
        measure: async (measuring) => measureAttack(await shared(measuring), measuring, about),
      };
    }),
  );
  return {
    name: "attacks",
    title: "Adversarial attacks (L-infinity)",
    axis: "epsilon, in 1/255",
    cases,
    overallTitle: "worst of the attacks",
    overall: (measured, epsilon) => worstCase(measured, names, epsilon)?.accuracy,
    headlines: (measured) =>
      epsilons.flatMap((epsilon): Headline[] => {
        const worst = worstCase(measured, names, epsilon);
        if (!worst) return [];
        const { attacks: tried, accuracy } = worst;
        const some = tried.length === 1 ? `under ${tried[0]!}` : `worst of ${tried.length} attacks`;
        const which = tried.length === names.length ? "worst of all attacks" : some;
        return [{ name: `accuracy at ${epsilon}/255, ${which}`, value: accuracy, unit: "share" }];
      }),
  };
}
