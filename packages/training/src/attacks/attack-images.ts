import { apgd } from "./apgd.ts";
import type { Attacker } from "./attacker.ts";
import { fgsm, pgd, type AttackRun } from "./pgd.ts";
import { rowOf, topClass, wrongClasses } from "./scores.ts";
import { square } from "./square.ts";
import { randomStarts, type AttackedRows, type AttackKey } from "./starts.ts";

/** An attack and how long it tries. */
export type Attack =
  | { readonly kind: "fgsm" }
  /** The size of a step is stepRatio * epsilon / steps. */
  | { readonly kind: "pgd"; readonly steps: number; readonly stepRatio: number; readonly restarts: number }
  | { readonly kind: "apgd-ce"; readonly steps: number; readonly restarts: number }
  | { readonly kind: "apgd-t-dlr"; readonly steps: number; readonly restarts: number; readonly targets: number }
  | { readonly kind: "square"; readonly queries: number; readonly restarts: number; readonly initialShare: number };

/** Images as a loader renders them, with their labels and their places in the data set. */
export interface CleanImages {
  /** u8 [n,H,W,3] */
  readonly bytes: Uint8Array;
  /** [n] */
  readonly labels: Int32Array;
  /** [n] */
  readonly indices: readonly number[];
}

/** The images at some places as a full batch; where they are fewer, the first stands in for the rest. */
function rowsOf({ batchSize, pixels }: Attacker, clean: CleanImages, places: readonly number[]): AttackedRows {
  const padded = Array.from({ length: batchSize }, (_, row) => places[row] ?? places[0]!);
  const images = new Float32Array(batchSize * pixels);
  padded.forEach((place, row) => {
    for (let i = 0; i < pixels; i++) images[row * pixels + i] = clean.bytes[place * pixels + i]! / 255;
  });
  return {
    images,
    labels: Int32Array.from(padded, (place) => clean.labels[place]!),
    indices: padded.map((place) => clean.indices[place]!),
  };
}

const chunks = (places: readonly number[], size: number): number[][] =>
  Array.from({ length: Math.ceil(places.length / size) }, (_, chunk) => places.slice(chunk * size, (chunk + 1) * size));

/** The class that a network gives each clean image. @param onBatch is told how many are done */
export async function cleanClasses(attacker: Attacker, clean: CleanImages): Promise<Int32Array> {
  const { classes } = attacker.target;
  const all = new Int32Array(clean.labels.length);
  for (const places of chunks([...all.keys()], attacker.batchSize)) {
    const logits = await attacker.query(rowsOf(attacker, clean, places).images);
    places.forEach((place, row) => (all[place] = topClass(rowOf(logits, row, classes))));
  }
  return all;
}

/** How often an attack begins on an image that it has not fooled before. */
function roundsOf(attack: Attack, classes: number): number {
  if (attack.kind === "fgsm") return 1;
  return attack.restarts * (attack.kind === "apgd-t-dlr" ? Math.min(attack.targets, classes - 1) : 1);
}

/** One round on a full batch. */
async function runRound(
  attacker: Attacker,
  rows: AttackedRows,
  attack: Attack,
  round: number,
  key: AttackKey,
): Promise<AttackRun> {
  const epsilon = Math.fround(key.epsilon / 255);
  switch (attack.kind) {
    case "fgsm":
      return fgsm(attacker, rows, epsilon);
    case "pgd": {
      const { steps, stepRatio } = attack;
      const start = randomStarts(rows, "uniform", epsilon, key);
      return pgd(attacker, rows, { epsilon, steps, stepSize: (stepRatio * epsilon) / steps, start });
    }
    case "apgd-ce": {
      const start = randomStarts(rows, "surface", epsilon, key);
      return apgd(attacker, rows, { epsilon, steps: attack.steps, start });
    }
    case "apgd-t-dlr": {
      const { classes } = attacker.target;
      const rank = round % Math.min(attack.targets, classes - 1);
      const clean = await attacker.query(rows.images);
      const targets = rows.labels.map((label, row) => wrongClasses(rowOf(clean, row, classes), label)[rank]!);
      const start = randomStarts(rows, "surface", epsilon, key);
      return apgd(attacker, rows, { epsilon, steps: attack.steps, start, targets });
    }
    case "square":
      return square(attacker, rows, { epsilon, queries: attack.queries, initialShare: attack.initialShare, key });
  }
}

export interface AttackOptions {
  readonly attack: Attack;
  /** As `pgd10`: keys the random numbers. */
  readonly name: string;
  /** In 1/255 of a channel's range. */
  readonly epsilon: number;
  readonly seed: number;
  /** Which images are attacked: those that no smaller epsilon fooled, and that are right without an attack. */
  readonly holding: readonly boolean[];
  /** Is told of each image that is fooled: its place, the point f32 [H,W,3] and the class that it is taken for. */
  readonly onFooled?: (place: number, point: Float32Array, taken: number) => void;
  /** Is told which share is done. */
  readonly progress?: (share: number) => void;
}

/**
 * Attacks images at one epsilon, again and again those that still hold, and says which hold out in the end: the worst of
 * all rounds counts. Full batches keep each image's bits apart from what else is in its batch.
 */
export async function attackImages(
  attacker: Attacker,
  clean: CleanImages,
  { attack, name, epsilon, seed, holding, onFooled, progress }: AttackOptions,
): Promise<boolean[]> {
  const { classes } = attacker.target;
  const holds = [...holding];
  const rounds = roundsOf(attack, classes);
  for (let round = 0; round < rounds; round++) {
    const batches = chunks(
      holds.flatMap((one, place) => (one ? [place] : [])),
      attacker.batchSize,
    );
    for (const [batch, places] of batches.entries()) {
      const rows = rowsOf(attacker, clean, places);
      const key = { seed, attack: name, epsilon, restart: round };
      const { points, logits } = await runRound(attacker, rows, attack, round, key);
      places.forEach((place, row) => {
        const taken = topClass(rowOf(logits, row, classes));
        if (taken === clean.labels[place]) return;
        holds[place] = false;
        onFooled?.(place, points.subarray(row * attacker.pixels, (row + 1) * attacker.pixels), taken);
      });
      progress?.((round + (batch + 1) / batches.length) / rounds);
    }
  }
  return holds;
}
