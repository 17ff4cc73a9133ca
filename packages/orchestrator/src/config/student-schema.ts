import { z } from "zod";

const fraction = z.number().min(0).max(1);
const whole = z.int().min(1);

/** How the students learn from labelled and from unlabelled images. */
export const studentSchema = z.strictObject({
  /**
   * "phases": a stretch of epochs on pseudo-labels, then one on true labels (paper, section 4.1). "joint": both in every
   * step, with the sum of their mean losses (the equation of section 3.2), for as many epochs as the stretches together;
   * an epoch is then one pass over the unlabelled images. The keys below but the last are of "joint".
   */
  objective: z.enum(["phases", "joint"]),
  /** Unlabelled images in a step to each of the `training.batchSize` labelled ones. */
  unlabelledPerLabelled: whole.max(64),
  /** What the unlabelled images' mean loss is multiplied by: 1 in the paper; "official": by `unlabelledPerLabelled`. */
  unlabelledWeight: z.union([z.number().min(0).max(1000), z.literal("official")]),
  /** BatchNorm's statistics: of the whole step, or of the labelled and of the unlabelled images by themselves. */
  batchNorm: z.enum(["shared", "separate"]),
  /** Whether the noisy student sees the unlabelled images RandAugmented, too (limitation 2 in the paper's section 7). */
  noiseOnUnlabelled: z.boolean(),
});

const selection = z.discriminatedUnion("rule", [
  z.strictObject({
    /** Official Noisy Student's filter: the surest images of each class, repeated where the class has too few. */
    rule: z.literal("balance"),
    imagesPerClass: whole,
    /** How sure the teacher must at least be. */
    minimum: fraction,
    /** Whether images are repeated. */
    upsample: z.boolean(),
  }),
  z.strictObject({
    /** Yalniz et al.: the images with the highest score for each class, among those that have it among their likeliest. */
    rule: z.literal("top-k"),
    imagesPerClass: whole,
    classesPerImage: whole,
  }),
]);

/** What becomes of what the teacher says of an image. */
export const labelKeys = {
  /** "hard": its most likely class; "soft": the probabilities of all. */
  targets: z.enum(["hard", "soft"]),
  /** What the teacher's logits are divided by before the softmax that gives targets and confidences. */
  temperature: z.number().positive().max(1000),
  /** How sure the teacher must be, of any class or of each in a list; other images do not count. Null: all do. */
  threshold: z.union([fraction, z.array(fraction).min(1)]).nullable(),
  /** The mean loss over images where a threshold leaves some out: over "all" of them, or over those that are "kept". */
  mean: z.enum(["all", "kept"]),
  /** Smoothing of hard pseudo-labels; null: `training.labelSmoothing`. Soft ones are not smoothed. */
  labelSmoothing: fraction.nullable(),
  /** When labels are made: right before each "batch", before each "epoch", or once for all: "generation". */
  made: z.enum(["batch", "epoch", "generation"]),
  /** Which images are trained on, and how often each; null: all of them once. */
  select: selection.nullable(),
};

interface Checked {
  readonly epochs: { readonly pseudoLabelled: number };
  readonly training: { readonly batchSize: number; readonly microBatchSize: number | null };
  readonly student: z.infer<typeof studentSchema>;
  readonly pseudoLabels: z.infer<z.ZodObject<typeof labelKeys>> & {
    readonly view: "clean" | "student";
    readonly teacherMode: "eval" | "train";
    readonly heldOut: number;
  };
}

/** The setting to change, and why. */
export type Contradiction = [path: string[], message: string];

/** What settings of the student and its labels contradict one another. */
export function contradictions({ training, student, pseudoLabels }: Checked): Contradiction[] {
  const joint = student.objective === "joint";
  const { made, teacherMode, view, select, heldOut, targets, labelSmoothing, mean, threshold } = pseudoLabels;
  const examples = training.batchSize * (joint ? 1 + student.unlabelledPerLabelled : 1);
  const inParts = training.microBatchSize !== null && training.microBatchSize < examples;
  const said: [boolean, string[], string][] = [
    [
      made !== "batch" && teacherMode === "train",
      ["pseudoLabels", "teacherMode"],
      `"train" labels by the statistics of the student's batches, and those made for a whole ${made} have none: take "eval"`,
    ],
    [
      made === "generation" && view === "student",
      ["pseudoLabels", "view"],
      '"student" is another view in every epoch, and labels made for a whole generation are of one: take "clean", or made "epoch"',
    ],
    [
      select !== null && made !== "generation",
      ["pseudoLabels", "select"],
      `images are chosen among labels that are stored, and these are made for each ${made}: set pseudoLabels.made to "generation"`,
    ],
    [
      select !== null && heldOut > 0,
      ["pseudoLabels", "heldOut"],
      "images are held out of all unlabelled ones, and pseudoLabels.select chooses among them: set it to 0",
    ],
    [
      joint && heldOut > 0,
      ["pseudoLabels", "heldOut"],
      "held-out images validate a stretch on pseudo-labels, and the joint objective has none: set it to 0",
    ],
    [
      targets === "soft" && labelSmoothing !== null,
      ["pseudoLabels", "labelSmoothing"],
      "it smooths hard labels, and targets are soft: set it to null",
    ],
    [
      mean === "kept" && threshold !== null && inParts,
      ["pseudoLabels", "mean"],
      'a step in parts (training.microBatchSize) does not know how many images are kept in the other parts: take "all", or set training.microBatchSize to null',
    ],
    [
      joint && training.microBatchSize !== null && training.microBatchSize <= student.unlabelledPerLabelled,
      ["training", "microBatchSize"],
      `a part of a joint step has at least 1 labelled image and the ${student.unlabelledPerLabelled} that go with it (student.unlabelledPerLabelled): raise it`,
    ],
  ];
  return said.flatMap(([wrong, path, message]) => (wrong ? [[path, message] as Contradiction] : []));
}
