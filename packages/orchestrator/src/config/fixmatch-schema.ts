import { z } from "zod";
import type { Contradiction } from "./student-schema.ts";

/** How `method: "fixmatch"` learns (Sohn et al. 2020); no other method reads these. */
export const fixMatchSchema = z.strictObject({
  /** How sure the model must be of an image's weak view for the strong one to count: tau in the paper. */
  threshold: z.number().min(0).max(1),
  /** What the weak view's logits are divided by before the softmax that tells how sure it is. */
  temperature: z.number().positive().max(1000),
  /** Unlabelled images in a step to each of the `training.batchSize` labelled ones: mu in the paper. */
  unlabelledPerLabelled: z.int().min(1).max(64),
  /** What the unlabelled images' mean loss is multiplied by: lambda_u in the paper. */
  ratio: z.number().min(0).max(1000),
  /** BatchNorm's statistics: of the whole step, or of labelled images, weak and strong views by themselves. */
  batchNorm: z.enum(["shared", "separate"]),
});

interface Checked {
  readonly training: { readonly batchSize: number; readonly microBatchSize: number | null };
  readonly fixmatch: z.infer<typeof fixMatchSchema>;
  readonly student: { readonly objective: string };
  readonly pseudoLabels: { readonly heldOut: number; readonly threshold: unknown; readonly select: unknown };
}

/** What a run of FixMatch cannot heed: it has no teacher, and the model labels in every step. */
export function fixMatchContradictions({ training, fixmatch, student, pseudoLabels }: Checked): Contradiction[] {
  const { microBatchSize } = training;
  const { unlabelledPerLabelled: beside } = fixmatch;
  const said: [boolean, string[], string][] = [
    [
      student.objective !== "phases",
      ["student", "objective"],
      'it is of the students of a teacher, and method "fixmatch" has an objective of its own: set it to "phases"',
    ],
    [
      pseudoLabels.heldOut > 0,
      ["pseudoLabels", "heldOut"],
      'held-out images are labelled by a teacher, and method "fixmatch" has none: set it to 0',
    ],
    [
      pseudoLabels.threshold !== null,
      ["pseudoLabels", "threshold"],
      'it is of a teacher\'s labels, and method "fixmatch" has none: set it to null, and fixmatch.threshold instead',
    ],
    [
      pseudoLabels.select !== null,
      ["pseudoLabels", "select"],
      'it chooses among a teacher\'s labels, and method "fixmatch" has none: set it to null',
    ],
    [
      microBatchSize !== null && microBatchSize <= beside,
      ["training", "microBatchSize"],
      `a part of a step has at least 1 labelled image and the ${beside} that go with it (fixmatch.unlabelledPerLabelled): raise it`,
    ],
  ];
  return said.flatMap(([wrong, path, message]): Contradiction[] => (wrong ? [[path, message]] : []));
}
