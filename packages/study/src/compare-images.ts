import { holm, mcnemar } from "@fledge/statistics";
import { measuresOf, outcomesBy, type Comparison, type Outcome } from "./outcome.ts";

interface Compared extends Comparison {
  readonly measure: string;
  readonly seed: number;
}

/** Two trained models on the same images: McNemar's test. */
export interface ImagesTest extends Compared {
  readonly images: number;
  /** Images that only the one, or only the other, has right. */
  readonly onlyOf: number;
  readonly onlyThan: number;
  /** Exact, two-sided. */
  readonly p: number;
  /** Holm's, over all of these tests of the study. */
  readonly adjusted: number;
}

/** Two runs that cannot be compared image by image, and why. */
export interface ImagesRefused extends Compared {
  readonly reason: string;
}

export interface ImagesTests {
  readonly tests: readonly ImagesTest[];
  readonly refused: readonly ImagesRefused[];
}

const bitsOf = (correct: string): boolean[] => Array.from(correct, (bit) => bit === "1");

/** Why two outcomes cannot be compared by image; undefined where they can. */
function fault(of: Outcome, than: Outcome): string | undefined {
  if (!of.answers || !than.answers) return "which images it has right is not kept of one of them: evaluate it again";
  if (of.answers.images !== than.answers.images)
    return "their test images are not the same: the split, the data or the images set aside differ";
  return undefined;
}

/**
 * Compares the models of two runs of one seed on the images that both were tested on. It says whether these two trained
 * models differ, not whether their settings do. Measures that are no accuracies on images have no such test.
 */
export function compareImages(outcomes: readonly Outcome[], comparisons: readonly Comparison[]): ImagesTests {
  const tests: Omit<ImagesTest, "adjusted">[] = [];
  const refused: ImagesRefused[] = [];
  const byImage = measuresOf(outcomes.filter(({ answers }) => answers));
  for (const measure of byImage)
    for (const { of, than } of comparisons) {
      const others = new Map(outcomesBy(outcomes, than, measure).map((one) => [one.seed, one]));
      for (const own of outcomesBy(outcomes, of, measure)) {
        const other = others.get(own.seed);
        if (!other) continue;
        const about = { measure, of, than, seed: own.seed };
        const reason = fault(own, other);
        if (reason !== undefined) {
          refused.push({ ...about, reason });
          continue;
        }
        const { onlyA, onlyB, exact } = mcnemar(bitsOf(own.answers!.correct), bitsOf(other.answers!.correct));
        const images = own.answers!.correct.length;
        tests.push({ ...about, images, onlyOf: onlyA, onlyThan: onlyB, p: exact });
      }
    }
  const adjusted = holm(tests.map(({ p }) => p));
  return { tests: tests.map((test, index) => ({ ...test, adjusted: adjusted[index]! })), refused };
}
