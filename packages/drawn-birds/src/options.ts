/** How hard the pictures are to tell apart. Every knob but the range goes from 0 (none) to 1. */
export interface Difficulty {
  /** Freedom of pose: angles, head turns, raised wings, flight. */
  readonly pose: number;
  /** Variation between birds of one species: tint, proportions, dull plumage. */
  readonly individuals: number;
  /** Chance that leaves, twigs or reeds stand before the bird. */
  readonly occlusion: number;
  /** Contrast and busyness of the background. */
  readonly clutter: number;
  /** Exposure, colour of the light, cast shadows, contrast. */
  readonly light: number;
  /** Blur, sensor noise and coarse JPEG quality. */
  readonly grain: number;
  /** Least and most share of the picture's width or height that the bird takes; within 0.2 .. 1. */
  readonly scaleRange: readonly [number, number];
}

/** What `makeDemoDataset` may be told; everything has a default. */
export interface DemoDatasetOptions {
  /** 0 .. 2^32 - 1. Same seed and options, same bytes (for one version of sharp). */
  readonly seed?: number;
  /** The first this many species of the table. */
  readonly speciesCount?: number;
  readonly imagesPerSpecies2010?: number;
  readonly imagesPerSpecies2011?: number;
  /** Share of the 2010 images that the 2011 set repeats, 0 .. 1. */
  readonly overlapShare?: number;
  /** Least and most pixels of a picture's side, both ends included. */
  readonly sideRange?: readonly [number, number];
  readonly difficulty?: Partial<Difficulty>;
  /** How many pictures are in work at once; changes the speed, never a byte. */
  readonly concurrency?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Everything that decides the bytes; written to manifest.json. */
export interface DemoSettings {
  readonly seed: number;
  readonly speciesCount: number;
  readonly imagesPerSpecies2010: number;
  readonly imagesPerSpecies2011: number;
  readonly overlapShare: number;
  readonly sideRange: readonly [number, number];
  readonly difficulty: Difficulty;
}

const DEFAULTS: DemoSettings = {
  seed: 2010,
  speciesCount: 16,
  imagesPerSpecies2010: 40,
  imagesPerSpecies2011: 80,
  overlapShare: 0.2,
  sideRange: [100, 170],
  difficulty: {
    pose: 0.4,
    individuals: 0.3,
    occlusion: 0.15,
    clutter: 0.4,
    light: 0.4,
    grain: 0.3,
    scaleRange: [0.8, 1],
  },
};

/** Fills in the defaults. Throws RangeError naming the option, its value and what it may be. */
export function settingsOf(options: DemoDatasetOptions, speciesInTable: number): DemoSettings {
  const pick = <K extends keyof DemoSettings>(key: K): DemoSettings[K] =>
    (options[key] ?? DEFAULTS[key]) as DemoSettings[K];
  const settings: DemoSettings = {
    seed: pick("seed"),
    speciesCount: pick("speciesCount"),
    imagesPerSpecies2010: pick("imagesPerSpecies2010"),
    imagesPerSpecies2011: pick("imagesPerSpecies2011"),
    overlapShare: pick("overlapShare"),
    sideRange: pick("sideRange"),
    difficulty: { ...DEFAULTS.difficulty, ...options.difficulty },
  };
  requireWhole("seed", settings.seed, 0, 2 ** 32 - 1);
  requireWhole("speciesCount", settings.speciesCount, 2, speciesInTable);
  requireWhole("imagesPerSpecies2010", settings.imagesPerSpecies2010, 2, 9999);
  requireWhole("imagesPerSpecies2011", settings.imagesPerSpecies2011, 2, 9999);
  requireBetween("overlapShare", settings.overlapShare, 0, 1);
  requireRange("sideRange", settings.sideRange, 48, 2048);
  settings.sideRange.forEach((side) => requireWhole("sideRange", side, 48, 2048));
  requireWhole("concurrency", options.concurrency ?? 1, 1, 64);
  const { scaleRange, ...knobs } = settings.difficulty;
  for (const [name, value] of Object.entries(knobs)) requireBetween(`difficulty.${name}`, value, 0, 1);
  requireRange("difficulty.scaleRange", scaleRange, 0.2, 1);
  const repeated = Math.ceil(settings.overlapShare * settings.imagesPerSpecies2010);
  if (repeated > settings.imagesPerSpecies2011) {
    throw new RangeError(
      `overlapShare ${settings.overlapShare} repeats up to ${repeated} images of a species in 2011, which has only ` +
        `${settings.imagesPerSpecies2011}: lower it or raise imagesPerSpecies2011`,
    );
  }
  return settings;
}

function requireBetween(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) throw new RangeError(`${name} must be in ${low} .. ${high}, got ${value}`);
}

function requireWhole(name: string, value: number, low: number, high: number): void {
  requireBetween(name, value, low, high);
  if (!Number.isInteger(value)) throw new RangeError(`${name} must be a whole number, got ${value}`);
}

function requireRange(name: string, [low, high]: readonly [number, number], least: number, most: number): void {
  requireBetween(`the least of ${name}`, low, least, most);
  requireBetween(`the most of ${name}`, high, low, most);
}
