import { randAugment, type View } from "@fledge/data";
import { dropPathRules } from "@fledge/resnet";
import { precisions } from "@fledge/runtime";
import { z } from "zod";
import { fixMatchContradictions, fixMatchSchema } from "./fixmatch-schema.ts";
import { depthSchema, generationContradictions, generationsSchema, widthSchema } from "./generations-schema.ts";
import { robustnessSchema } from "./robustness-schema.ts";
import { contradictions, labelKeys, studentSchema } from "./student-schema.ts";

const fraction = z.number().min(0).max(1);
/** A share of a data set that must not be empty. */
const share = z.number().gt(0).lt(1);
const positive = z.int().min(1);
/** Bounds without which a slip of the finger ends far below, in sizes that no buffer has. */
const sidePx = z.int().min(32).max(8192);
const batchSize = z.int().min(2).max(16384);
const seed = z.int().min(0).max(0xffffffff);
const order = z.enum(["before-crop", "after-crop"]);
const range = z
  .tuple([z.number().positive(), z.number().positive()])
  .refine(([low, high]) => low <= high, "the first number must not be above the second");

const byte = z.int().min(0).max(255);

const operation = z.strictObject({
  range: z.tuple([z.number().min(0), z.number().min(0)]).optional(),
  probability: fraction.optional(),
});

const augmentCommon = {
  /** "before-crop": on the whole image, as in the paper's training; "after-crop": on what the network sees. */
  order,
  /**
   * The operations to draw from, as a list or by name; all of the library's if absent. Leave Invert out here (paper,
   * section 7). By name each may have a range of magnitudes, over which the library's scale is laid, and a probability.
   */
  operations: z.union([z.array(z.string()).min(1), z.record(z.string(), operation)]).optional(),
  /** Of each drawn operation to be applied. */
  probability: fraction.optional(),
  /** Colour of what comes from outside the image. */
  fill: z.tuple([byte, byte, byte]).optional(),
};

/** RandAugment as one of three packages does it; "jizongfox" is the paper's. */
const libraries = z.discriminatedUnion("library", [
  z.strictObject({
    library: z.literal("jizongfox"),
    ...augmentCommon,
    n: z.int().min(0).optional(),
    m: z.int().min(0).max(9).optional(),
    maxTranslation: fraction.optional(),
  }),
  z.strictObject({
    library: z.literal("ildoonet"),
    ...augmentCommon,
    n: z.int().min(0),
    m: z.number().min(0).max(30),
    maxTranslationPx: z.number().min(0).optional(),
  }),
  z.strictObject({
    library: z.literal("torchvision"),
    ...augmentCommon,
    n: z.int().min(0).optional(),
    m: z.int().min(0).optional(),
    bins: z.int().min(2).optional(),
    interpolation: z.enum(["nearest", "bilinear"]).optional(),
    maxTranslation: fraction.optional(),
  }),
]);

const randAugmentSchema = libraries.superRefine((options, context) => {
  try {
    randAugment(options as NonNullable<View["randAugment"]>);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
  }
});

/** One record holds everything that decides a run's numbers. Defaults live in the presets, nowhere else. */
const record = z.strictObject({
  preset: z.string(),
  /**
   * "noisy-student-lite": the paper's; "supervised-noise": its yardstick, the same budget and noise on true labels alone;
   * "fixmatch": one model that labels for itself, as long as the noisy student trains.
   */
  method: z.enum(["noisy-student-lite", "supervised-noise", "fixmatch"]),
  generations: generationsSchema,
  /** Seeds initial weights, batch order, crops, flips and augmentation. */
  seed,
  data: z.strictObject({
    /** Folder of CUB-200 (2010): the labelled images. */
    labelled: z.string().min(1),
    /** Folder of CUB-200-2011: the images that the teacher labels. Null: there are none, and no model is trained that learns from any. */
    unlabelled: z.string().min(1).nullable(),
    /** Whether unlabelled images that show the same picture as a test image are left out. */
    removeTestOverlap: z.boolean(),
    /** Side of the square images that the network sees, in pixels. */
    imageSize: sidePx,
    /** Of each class's training images, the share whose labels are used; a smaller share's are among a larger one's. */
    labelledShare: z.number().gt(0).max(1),
    /** Classes of the labelled images, drawn; those of the others' images that the teacher labels are foreign. Null: all. */
    knownClasses: z.int().min(2).nullable(),
    /** Of the unlabelled images, the share from foreign classes, as many images at every share (Oliver et al. 2018, section 4.4). */
    foreignShare: fraction,
    /** Of the draws of training images, classes and unlabelled images for these three. */
    drawSeed: seed,
  }),
  network: z.strictObject({
    depth: depthSchema,
    /** Channels of the stem; 64 is the real ResNet. */
    width: widthSchema,
    /** A safetensors or .pth file with torchvision's names (the head is replaced), or null: random initial weights. */
    weights: z.string().nullable(),
    /** torchvision's option: residual branches start at zero. Eases training from random weights. */
    zeroInitResidual: z.boolean(),
    /** Dropout before the classifier in training: the share of features that is dropped; 0: none. */
    dropout: z.number().min(0).lt(1),
    /** Residual branches left out by chance in training, where the skip is the identity; a rate of 0: none. */
    stochasticDepth: z.strictObject({
      /** Of the last block: the others' rise to it linearly. Noisy Student: 0.2. */
      rate: z.number().min(0).lt(1),
      /** "one_based": rate (i+1)/L, as papers; "index_over_count": rate i/L, Noisy Student's code; "index_over_last": timm's ResNet. */
      rule: z.enum(dropPathRules),
    }),
    /** Who trains with this noise: students whose images are noised too, all students, or teachers too. Nobody labels with it. */
    noised: z.enum(["noisy-students", "students", "all"]),
  }),
  /** The paper's 70-20-10 split of the labelled images; the rest is for training. */
  split: z
    .strictObject({ seed, validation: share, test: share })
    .refine(({ validation, test }) => validation + test < 1, "validation and test together leave no image to train on"),
  epochs: z.strictObject({ teacher: positive, pseudoLabelled: z.int().min(0), labelled: positive }),
  /** Where the teachers' schedule differs from the students', null where not: the author's code has batch 16 and StepLR(20). */
  teacherTraining: z.strictObject({ batchSize: batchSize.nullable(), stepSize: positive.nullable() }),
  training: z.strictObject({
    batchSize,
    /**
     * Most images that the device computes at once, null for the whole batch. A larger batch is computed in parts, whose
     * gradients are added up; each part is normalised by its own BatchNorm statistics, and the running ones see each part.
     */
    microBatchSize: batchSize.nullable(),
    /**
     * Of the products of convolutions and classifier in a training step, and of their gradients. "f16": operands are
     * rounded to f16, sums are f32; "matrix": the same on a GPU's matrix units. Weights, statistics, losses and updates
     * are f32, and so is whatever is evaluated.
     */
    precision: z.enum(precisions),
    /** What the loss is multiplied by below f32, so that small gradients survive there: torch.amp.GradScaler's settings. */
    lossScale: z.strictObject({
      initialScale: z
        .number()
        .min(2 ** -10)
        .max(2 ** 60),
      growthFactor: z.number().gt(1).max(1024),
      backoffFactor: z.number().gt(0).lt(1),
      growthInterval: positive,
    }),
    learningRate: z.number().positive(),
    momentum: z.number().min(0).max(1),
    weightDecay: z.number().min(0),
    /** StepLR: the rate is multiplied by `gamma` every `stepSize` epochs. */
    stepSize: positive,
    gamma: z.number().positive(),
    labelSmoothing: fraction,
    /** Nesterov's momentum, as torch.optim.SGD has it. */
    nesterov: z.boolean(),
    /** Whether weight decay reaches BatchNorm's weights and all biases, as PyTorch's default does. */
    decayNormAndBias: z.boolean(),
    schedule: z.strictObject({
      /** "step": StepLR by `stepSize` and `gamma`; "cosine": half a cosine with a warm-up, by the other keys here. */
      kind: z.enum(["step", "cosine"]),
      /** Where the cosine begins: "after_warmup", or "over_all" with the warm-up over its beginning (official Noisy Student). */
      rule: z.enum(["after_warmup", "over_all"]),
      /** How often the rate is set anew. */
      per: z.enum(["epoch", "step"]),
      /** Epochs over which the rate rises linearly to `learningRate`, from `warmupStart` times that. */
      warmupEpochs: z.int().min(0),
      warmupStart: fraction,
      /** The rate that the cosine falls to. */
      final: z.number().min(0),
    }),
    /** Averages of weights and running statistics over the steps (exponential moving averages). */
    ema: z.strictObject({
      /** Who uses them: the model that is evaluated and kept as best.safetensors, the teacher that labels, or both. */
      use: z.enum(["off", "teacher", "evaluated", "both"]),
      /** "tf_num_updates": the decay rises to its value, as in official Noisy Student; "bias_corrected": as Adam's moments. */
      rule: z.enum(["constant", "tf_num_updates", "bias_corrected"]),
      decay: z.number().min(0).lt(1),
    }),
    /** Mixtures of two images with true labels, and of their labels; what a teacher labels is not mixed. */
    mix: z.strictObject({
      kind: z.enum(["off", "mixup", "cutmix"]),
      /** One lambda a batch is drawn from Beta(alpha, alpha), by kind. */
      alpha: z.strictObject({ mixup: z.number().positive(), cutmix: z.number().positive() }),
      /** Of a batch to be mixed. */
      probability: fraction,
    }),
  }),
  /** What training and evaluation see of an image. */
  views: z.strictObject({
    scale: range,
    ratio: range,
    flip: z.boolean(),
    /** "random": the training view, as the paper does; "center": resize and centre crop. */
    evaluation: z.enum(["random", "center"]),
    /** Shorter side before the centre crop, in pixels; at least data.imageSize. */
    resize: sidePx,
  }),
  student: studentSchema,
  pseudoLabels: z.strictObject({
    /** "teacher": the reported teacher labels; "own-split": one trained for it on its own split (paper, section 4.1). */
    from: z.enum(["teacher", "own-split"]),
    /** Of that split. Another than split.seed puts test images among its training images, as in the author's code. */
    splitSeed: seed,
    /** Validation share of that split: 0.3 in the paper. */
    validation: share,
    /** StepLR's step of the teacher trained on that split; null: as the reported teacher's. */
    stepSize: positive.nullable(),
    /** What the teacher labels: "clean", the whole bird; "student", the student's own augmented view. */
    view: z.enum(["clean", "student"]),
    /** The teacher while it labels: "eval" on its running statistics, "train" on each batch's, the running ones drifting. */
    teacherMode: z.enum(["eval", "train"]),
    /** Share of the unlabelled images held out to validate that phase against the teacher's labels; 0: on labelled images. */
    heldOut: z.number().min(0).lt(1),
    /** Of the draw of those images. */
    heldOutSeed: seed,
    ...labelKeys,
  }),
  fixmatch: fixMatchSchema,
  randAugment: randAugmentSchema,
  evaluation: z.strictObject({
    /** How often each model is evaluated on a task whose views are random; once where they are not. */
    repeats: positive,
    /** RandAugment's place in the test images of table 3; `randAugment.order` is its place in training and validation. */
    randAugmentOrder: order,
  }),
  /** What `fledge robustness` measures; no training depends on it. */
  robustness: robustnessSchema,
  /** More threads than this take memory alone: each holds a runtime and two batches. */
  loader: z.strictObject({
    workers: z.int().min(0).max(128),
    /** Memory for decoded images. */
    cacheMiB: z.int().min(0),
    /** Where images are cropped and augmented, from the same draws to the same bits: on these threads, or by kernels. */
    augmentOn: z.enum(["cpu", "device"]),
    /** Device memory for decoded images, where they are augmented there; those beyond it are uploaded for each batch. */
    deviceImagesMiB: z.int().min(0),
  }),
});

export const configSchema = record
  .refine(({ data, views }) => views.resize >= data.imageSize, {
    path: ["views", "resize"],
    message: "must be at least data.imageSize: the centre crop is cut from the resized image",
  })
  .superRefine((config, context) => {
    const found = config.method === "fixmatch" ? fixMatchContradictions(config) : contradictions(config);
    for (const [path, message] of [...found, ...generationContradictions(config)])
      context.addIssue({ code: "custom", path, message });
  })
  .refine(({ data, loader }) => loader.augmentOn === "cpu" || data.imageSize % 2 === 0, {
    path: ["data", "imageSize"],
    message: 'must be even where loader.augmentOn is "device": the images of a batch lie in whole words there',
  })
  .refine(
    ({ loader, randAugment: options }) =>
      loader.augmentOn === "cpu" || options.library !== "torchvision" || options.interpolation !== "bilinear",
    {
      path: ["randAugment", "interpolation"],
      message: 'has no kernel where it is "bilinear": set it to "nearest", or loader.augmentOn to "cpu"',
    },
  )
  .refine(({ data }) => data.foreignShare === 0 || data.knownClasses !== null, {
    path: ["data", "foreignShare"],
    message: "without data.knownClasses every class is known, and no image of a foreign one",
  })
  .refine(({ method, pseudoLabels: { select } }) => method !== "supervised-noise" || select === null, {
    path: ["pseudoLabels", "select"],
    message:
      'which images it leaves depends on a teacher, and method "supervised-noise", whose budget that would change, has none: set it to null',
  })
  .refine(({ training }) => !training.nesterov || training.momentum > 0, {
    path: ["training", "nesterov"],
    message: "wants a training.momentum above 0",
  })
  .superRefine(({ training: { schedule }, epochs }, context) => {
    const fewest = Math.min(epochs.teacher, epochs.pseudoLabelled + epochs.labelled);
    if (schedule.kind !== "cosine" || schedule.warmupEpochs < fewest) return;
    context.addIssue({
      code: "custom",
      path: ["training", "schedule", "warmupEpochs"],
      message: `${schedule.warmupEpochs} leaves nothing of a training of ${fewest} epochs; it must be below that`,
    });
  });

export type Config = z.infer<typeof configSchema>;
