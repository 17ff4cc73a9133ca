import type { Random } from "@fledge/random";
import type { Rgb } from "../image.ts";
import type { AugmentLibrary } from "./apply-operation.ts";
import { ILDOONET_MAX_LEVEL, ildoonetOperations } from "./ildoonet.ts";
import { JIZONGFOX_MAX_LEVEL, jizongfoxOperations } from "./jizongfox.ts";
import { checkRange } from "./check-range.ts";
import type { OperationTable } from "./operation.ts";
import type { Operations } from "./operation-settings.ts";
import { torchvisionOperations } from "./torchvision.ts";

interface CommonOptions {
  /** The operations to draw from, by name with settings of their own or as a list; all of the library's if absent. */
  readonly operations?: Operations;
  /** Of each drawn operation to be applied where it has no probability of its own: 0.5 for jizongfox, 1 for the others. */
  readonly probability?: number;
  /** For what comes from outside the image: grey 128 for jizongfox, black for the others. */
  readonly fill?: Rgb;
}

/** The paper's package: two operations, each at a level of its own from 1 to 9. It has no N and M; we do. */
export interface JizongfoxOptions extends CommonOptions {
  readonly library?: "jizongfox" | undefined;
  /** Operations of an image; 2 if absent. */
  readonly n?: number;
  /** The level of every operation, of 9; drawn from 1 to 9 for each if absent. */
  readonly m?: number;
  /** The greatest shift as a share of the side; 150 / 331 if absent. */
  readonly maxTranslation?: number;
}

/** N operations at level M of 30. */
export interface IldoonetOptions extends CommonOptions {
  readonly library: "ildoonet";
  readonly n: number;
  readonly m: number;
  /** The greatest shift in pixels; 100 if absent. */
  readonly maxTranslationPx?: number;
}

/** N operations (2) at level M (9) of a scale of `bins` (31) levels. */
export interface TorchvisionOptions extends CommonOptions {
  readonly library: "torchvision";
  readonly n?: number;
  readonly m?: number;
  readonly bins?: number;
  readonly interpolation?: "nearest" | "bilinear";
  /** The greatest shift as a share of the side; 150 / 331 if absent. */
  readonly maxTranslation?: number;
}

export type RandAugmentOptions = JizongfoxOptions | IldoonetOptions | TorchvisionOptions;

/** An operation at a level, before it is drawn whether it is applied. */
export interface Choice {
  readonly name: string;
  readonly level: number;
}

/** How a library chooses operations, with the options filled in. */
export interface Sampling {
  readonly library: AugmentLibrary;
  readonly table: OperationTable;
  readonly probability: number;
  /** The highest magnitude of the library's scale; the lowest is 0. */
  readonly scale: number;
  /** Draws operations among `names`. */
  readonly choose: (random: Random, names: readonly string[]) => Choice[];
}

/** How the options' library chooses. Throws a RangeError that names the option that is out of range. */
export function samplingOf(options: RandAugmentOptions): Sampling {
  switch (options.library) {
    case undefined:
    case "jizongfox": {
      const { n, m, maxTranslation = 150 / 331, probability = 0.5 } = options;
      if (m !== undefined) {
        checkInteger("m", m, 0);
        checkRange("m", m, 0, JIZONGFOX_MAX_LEVEL);
      }
      checkRange("maxTranslation", maxTranslation, 0, 1);
      const table = jizongfoxOperations(maxTranslation);
      const choose = n === undefined && m === undefined ? choosePolicy : chooseEach(n ?? 2, m ?? drawnLevel);
      return { library: "jizongfox", table, probability, scale: JIZONGFOX_MAX_LEVEL, choose };
    }
    case "ildoonet": {
      const { n, m, maxTranslationPx = 100, probability = 1 } = options;
      checkRange("m", m, 0, ILDOONET_MAX_LEVEL);
      checkRange("maxTranslationPx", maxTranslationPx, 0, 32767);
      const table = ildoonetOperations(maxTranslationPx);
      return { library: "ildoonet", table, probability, scale: ILDOONET_MAX_LEVEL, choose: chooseEach(n, m) };
    }
    case "torchvision": {
      const { n = 2, m = 9, bins = 31, maxTranslation = 150 / 331, probability = 1 } = options;
      checkInteger("bins", bins, 2);
      checkInteger("m", m, 0);
      checkRange("m", m, 0, bins - 1);
      checkRange("maxTranslation", maxTranslation, 0, 1);
      const table = torchvisionOperations(bins, maxTranslation);
      return { library: "torchvision", table, probability, scale: bins - 1, choose: chooseEach(n, m) };
    }
  }
}

/**
 * jizongfox: a policy, uniformly. It is an ordered pair of entries, an entry an operation at a level from 1 to 9; so
 * all 15 operations have 135 entries and 18225 policies, and an operation may come twice.
 */
function choosePolicy(random: Random, names: readonly string[]): Choice[] {
  const entries = names.length * JIZONGFOX_MAX_LEVEL;
  const policy = random.integer(0, entries * entries);
  return [Math.floor(policy / entries), policy % entries].map((entry) => ({
    name: names[Math.floor(entry / JIZONGFOX_MAX_LEVEL)]!,
    level: (entry % JIZONGFOX_MAX_LEVEL) + 1,
  }));
}

/** One of the levels that jizongfox draws. */
const drawnLevel = (random: Random): number => random.integer(1, JIZONGFOX_MAX_LEVEL + 1);

/** n operations, each uniformly, all at level m or each at one that `m` draws. */
function chooseEach(n: number, m: number | ((random: Random) => number)): Sampling["choose"] {
  checkInteger("n", n, 0);
  return (random, names) =>
    Array.from({ length: n }, () => ({ name: random.choice(names), level: typeof m === "number" ? m : m(random) }));
}

function checkInteger(name: string, value: number, least: number): void {
  if (!(Number.isInteger(value) && value >= least)) {
    throw new RangeError(`randAugment: ${name} must be an integer of at least ${least}, got ${value}`);
  }
}
