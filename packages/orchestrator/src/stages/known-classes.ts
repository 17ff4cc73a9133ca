import { subset, type Dataset } from "@fledge/data";
import { random } from "@fledge/random";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import type { PaperData } from "./paper-data.ts";

/** The classes of a list that the models know, in its order: all, or `data.knownClasses` of them. @throws UsageError */
export function knownOf({ data: { knownClasses, drawSeed } }: Config, classes: readonly string[]): readonly string[] {
  if (knownClasses === null) return classes;
  if (knownClasses >= classes.length)
    throw new UsageError(
      `data.knownClasses: ${knownClasses} of ${classes.length} classes leaves no foreign one; give fewer, or null for all`,
    );
  const drawn = random(drawSeed, "known classes").permutation(classes.length).slice(0, knownClasses);
  return [...drawn].sort((a, b) => a - b).map((label) => classes[label]!);
}

/** A data set whose classes are in another order, or fewer: images of classes that are not among them are left out. */
function underClasses(dataset: Dataset, classes: readonly string[]): Dataset {
  const labels = dataset.classes.map((name) => classes.indexOf(name));
  const samples = dataset.samples.map((sample) => ({ ...sample, label: labels[sample.label]! }));
  return { ...dataset, classes, samples: samples.filter(({ label }) => label >= 0) };
}

/** The labelled images of the classes that the models know. @throws UsageError */
export const knownLabelled = (config: Config, labelled: Dataset): Dataset =>
  config.data.knownClasses === null ? labelled : underClasses(labelled, knownOf(config, labelled.classes));

/**
 * Images as a model of `classes` classes may be shown them where only its own answer is asked for: foreign ones have the
 * label 0 in place of one beyond its classes, which no loss can look up.
 */
export function withoutForeignLabels(dataset: Dataset, classes: number): Dataset {
  if (dataset.classes.length === classes) return dataset;
  const samples = dataset.samples.map((sample) => (sample.label < classes ? sample : { ...sample, label: 0 }));
  return { ...dataset, samples };
}

/** `count` images of some, drawn, in their own order; of a smaller count, the first of a larger one's draw. */
function drawn(dataset: Dataset, places: readonly number[], count: number, seed: number, purpose: string): number[] {
  if (count > places.length) throw new RangeError(`drawn: ${count} of ${places.length} images of ${dataset.name}`);
  return Array.from(random(seed, purpose).permutation(places.length).slice(0, count), (at) => places[at]!);
}

/**
 * Both data sets as a run has them whose models know only some classes: the labelled images of those, and unlabelled
 * ones of which `data.foreignShare` are of the others. There are as many at every share: as there are of known or of
 * foreign classes, whichever are fewer. The unlabelled set's further classes are the foreign ones, so that an image of
 * one has a label that no model gives.
 * @param data both under the labelled set's classes @throws UsageError where no class is foreign, or has no image
 */
export function withForeign(config: Config, data: PaperData): PaperData {
  const { knownClasses, foreignShare, drawSeed } = config.data;
  if (knownClasses === null) return data;
  if (data.unlabelled.unlabelled)
    throw new UsageError(
      "data.knownClasses: which unlabelled images are of foreign classes is not known, for nothing tells their classes; set it to null, or give a set with classes",
    );
  const labelled = knownLabelled(config, data.labelled);
  const foreign = data.labelled.classes.filter((name) => !labelled.classes.includes(name));
  const unlabelled = underClasses(data.unlabelled, [...labelled.classes, ...foreign]);
  const places = unlabelled.samples.map((_, index) => index);
  const isKnown = (index: number): boolean => unlabelled.samples[index]!.label < knownClasses;
  const [known, others] = [places.filter(isKnown), places.filter((index) => !isKnown(index))];
  const count = Math.min(known.length, others.length);
  if (count === 0)
    throw new UsageError(
      `data.knownClasses: of ${known.length === 0 ? "the known" : "foreign"} classes there is no unlabelled image; give another number`,
    );
  const ofForeign = Math.round(foreignShare * count);
  const taken = [
    ...drawn(unlabelled, known, count - ofForeign, drawSeed, "known unlabelled"),
    ...drawn(unlabelled, others, ofForeign, drawSeed, "foreign unlabelled"),
  ];
  return {
    labelled,
    unlabelled: subset(
      unlabelled,
      taken.sort((a, b) => a - b),
    ),
  };
}
