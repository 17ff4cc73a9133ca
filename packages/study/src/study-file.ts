import { readFile } from "node:fs/promises";
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";

/** Settings of a run by their dotted keys, as `--set` takes them: `training.learningRate: 0.05`. */
const settings = z.record(z.string(), z.unknown());

/** A name that is also a folder's. */
const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9+._-]*$/i, "letters, digits, + . _ and -, beginning with a letter or digit")
  .max(80);

const distinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

const seeds = z.array(z.int().min(0).max(0xffffffff)).min(1).refine(distinct, "a seed stands twice");

/** A figure of what the variants reach over a number that they differ in. */
const curve = z.strictObject({
  /** What stands below the axis. */
  title: z.string().min(1),
  /** The setting whose value is a variant's place; variants that are otherwise alike make a line. */
  setting: z.string().min(1),
});

/** What a smaller or larger form of a study lays over it. */
const scale = z.strictObject({ seeds: seeds.optional(), set: settings.default({}) });

const studySchema = z
  .strictObject({
    name,
    /** What it asks, in a sentence: stands at the top of its page. */
    about: z.string().min(1),
    preset: z.string(),
    /** Laid over the preset in every variant. */
    set: settings.default({}),
    seeds,
    /** The settings that take each seed's value. */
    vary: z.array(z.string()).min(1).default(["seed"]),
    /** Named sets of settings, each laid over the preset and `set`; with `preset` among them it begins at that one. */
    variants: z.record(name, settings).refine((all) => Object.keys(all).length > 0, "there is none"),
    /** The variant that the others are compared with. */
    baseline: z.string(),
    /** What is measured of every run besides its accuracies, as `fledge robustness --only` takes it: `corruptions`. */
    evaluations: z.array(z.string().min(1)).refine(distinct, "one stands twice").default([]),
    /** Variants of which each adds a switch to the one before: which switch explains which points. */
    path: z
      .array(z.string())
      .min(2, "needs two variants or more")
      .refine(distinct, "a variant stands twice")
      .optional(),
    curve: curve.optional(),
    scales: z.record(name, scale).default({}),
  })
  .refine(({ variants, baseline }) => baseline in variants, {
    path: ["baseline"],
    message: "is no variant of this study",
  })
  .superRefine(({ variants, path = [] }, context) => {
    path.forEach((variant, index) => {
      if (!(variant in variants))
        context.addIssue({
          code: "custom",
          path: ["path", index],
          message: `"${variant}" is no variant of this study`,
        });
    });
  });

export type Study = z.infer<typeof studySchema>;

/** What a study's file is, for editors: JSON schema. */
export const studyJsonSchema = (): unknown => z.toJSONSchema(studySchema, { io: "input" });

/** A study's file is not what it must be; the message names the file and the key. */
class StudyError extends Error {
  override readonly name = "StudyError";
}

const help = `"npx fledge study schema" tells what a study's file may hold, and packages/orchestrator/studies has some`;

/** Checks what a study's file holds. @param origin the file, for messages @throws StudyError */
export function studyOf(value: unknown, origin: string): Study {
  const parsed = studySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new StudyError(`${origin} holds no study, which is keys with values: ${help}`);
  const sentences = parsed.error.issues.map((issue) => {
    const key = issue.path.join(".");
    return `${key === "" ? "the study" : key}: ${issue.message}`;
  });
  throw new StudyError(`${origin}: ${sentences.join("; ")}. ${help}`);
}

/** Reads a study of YAML or JSON, which is YAML too. @throws StudyError naming the file, the line or the key */
export async function readStudy(file: string): Promise<Study> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new StudyError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}): name a study's file`);
  }
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new StudyError(`${file} is no YAML: ${error.message}`);
  }
  return studyOf(value, file);
}

/** The study at one of its scales. @throws StudyError where it has none of that name */
export function atScale(study: Study, scaleName: string | undefined, origin: string): Study {
  if (scaleName === undefined) return study;
  const chosen = study.scales[scaleName];
  if (!chosen) {
    const names = Object.keys(study.scales).join(", ");
    throw new StudyError(`${origin} has no scale "${scaleName}"; it has ${names === "" ? "none" : names}`);
  }
  return { ...study, seeds: chosen.seeds ?? study.seeds, set: { ...study.set, ...chosen.set } };
}
