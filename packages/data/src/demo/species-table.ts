import type { Species } from "./species.ts";

type Changes<T> = { [K in keyof T]?: T[K] extends unknown[] | string | number ? T[K] : Changes<T[K]> };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function merged(base: Record<string, unknown>, changes: Record<string, unknown>): Record<string, unknown> {
  const result = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    const old = result[key];
    result[key] = isRecord(old) && isRecord(value) ? merged(old, value) : value;
  }
  return result;
}

/** A species told by how it differs from a relative. */
function like(relative: Species, changes: Changes<Species> & { name: string }): Species {
  return merged({ ...relative }, changes) as unknown as Species;
}

const emberCappedFinchling: Species = {
  name: "Ember_capped_Finchling",
  postureDeg: 32,
  proportions: {
    bodyDepth: 31, headSize: 22, neckLength: 2, wingLength: 92, tailLength: 52, tailWidth: 13, legLength: 26,
    beakLength: 17, beakDepth: 15, crestLength: 0, eyeSize: 4.4,
  },
  beak: { form: "cone", upper: "#6b5a4c", lower: "#a8917a" },
  crest: "none",
  head: { base: "#a18a6d", marks: { cap: "#b5402c", throat: "#b5402c" } },
  body: {
    back: "#8a7055", breast: "#c98a6c", belly: "#e3d8c2", vent: "#e8dfcc",
    textures: [{ kind: "streaks", place: "back", colour: "#54402d" }],
  },
  wing: { coverts: "#7d6145", flight: "#4d3c2e", barCount: 1, bar: "#e0d0b2" },
  tail: { form: "forked", colour: "#503f30", bandCount: 0, band: "#503f30" },
  legs: "#8a6f5c",
  iris: "#1d1512",
};

const streakedFinchling = like(emberCappedFinchling, {
  name: "Streaked_Finchling",
  head: { marks: { cap: "#7f664b", throat: "#ded2bd", eyebrow: "#d9c9a9", moustache: "#574231" } },
  body: {
    textures: [
      { kind: "streaks", place: "back", colour: "#54402d" },
      { kind: "streaks", place: "breast", colour: "#4b3626" },
    ],
    breast: "#e6dccb", belly: "#ece5d8",
  },
  wing: { barCount: 2 },
});

const indigoFinchling = like(emberCappedFinchling, {
  name: "Indigo_Finchling",
  head: { base: "#3a3f86", marks: { cap: "#33387c", throat: "#3f4690" } },
  body: { back: "#3d4488", breast: "#4650a0", belly: "#5a64a8", vent: "#7d84b5", textures: [] },
  wing: { coverts: "#6b4330", flight: "#2b2a3c", bar: "#b06a40" },
  tail: { colour: "#2d2d48", band: "#2d2d48" },
});

const saffronLeafwing: Species = {
  name: "Black_capped_Leafwing",
  postureDeg: 22,
  proportions: {
    bodyDepth: 25, headSize: 20, neckLength: 3, wingLength: 88, tailLength: 58, tailWidth: 10, legLength: 30,
    beakLength: 17, beakDepth: 7, crestLength: 0, eyeSize: 4.6,
  },
  beak: { form: "thin", upper: "#33312d", lower: "#5d584c" },
  crest: "none",
  head: { base: "#c9b53b", marks: { cap: "#2b2a26" } },
  body: { back: "#7f8a3f", breast: "#d9c342", belly: "#dfcf6a", vent: "#e8e2bb", textures: [] },
  wing: { coverts: "#6d7740", flight: "#474c36", barCount: 2, bar: "#e3dfc4" },
  tail: { form: "square", colour: "#4d5239", outer: "#d8d6bd", bandCount: 0, band: "#4d5239" },
  legs: "#7a5f52",
  iris: "#161311",
};

const scarletLeafwing = like(saffronLeafwing, {
  name: "Scarlet_Leafwing",
  head: { base: "#b83a2c", marks: { cap: "#b83a2c" } },
  body: { back: "#a5372c", breast: "#c2432f", belly: "#cb5a41", vent: "#d88a70" },
  wing: { coverts: "#2b2726", flight: "#1f1d1d", bar: "#efe9e0" },
  tail: { colour: "#1f1d1d", outer: "#1f1d1d" },
});

const ringedGreywing = like(saffronLeafwing, {
  name: "Ring_eyed_Greywing",
  head: { base: "#7d878b", marks: { cap: "#7d878b", eyeRing: "#f3f2ea" } },
  body: { back: "#717d80", breast: "#c9ccc8", belly: "#dcdedb", vent: "#e6e6e2" },
  wing: { coverts: "#66727a", flight: "#3f484d", barCount: 0 },
  tail: { colour: "#444d52" },
});

const pearlKittling: Species = {
  name: "Pearl_headed_Kittling",
  postureDeg: 14,
  proportions: {
    bodyDepth: 25, headSize: 19, neckLength: 6, wingLength: 128, tailLength: 40, tailWidth: 14, legLength: 30,
    beakLength: 24, beakDepth: 8, crestLength: 0, eyeSize: 3.6,
  },
  beak: { form: "hook", upper: "#d6a83a", lower: "#cc8a33" },
  crest: "none",
  head: { base: "#e9e8e3", marks: {} },
  body: { back: "#a3abb3", breast: "#ecebe7", belly: "#efeeea", vent: "#f2f1ee", rump: "#eeeeec", textures: [] },
  wing: { coverts: "#9aa3ac", flight: "#8a939c", barCount: 0, bar: "#f0f0ee", tip: "#26272b" },
  tail: { form: "square", colour: "#eceae6", bandCount: 0, band: "#2d2d31" },
  legs: "#c79a4b",
  iris: "#c9b25a",
};

const cobaltCrestjay: Species = {
  name: "Cobalt_Crestjay",
  postureDeg: 36,
  proportions: {
    bodyDepth: 27, headSize: 22, neckLength: 5, wingLength: 86, tailLength: 88, tailWidth: 16, legLength: 32,
    beakLength: 23, beakDepth: 10, crestLength: 20, eyeSize: 4,
  },
  beak: { form: "dagger", upper: "#26262a", lower: "#33333a" },
  crest: "pointed",
  head: { base: "#44669e", marks: { cheek: "#b9c2cf", throat: "#c7ccd3" } },
  body: { back: "#49699d", breast: "#a9b3c1", belly: "#c5cad1", vent: "#d6d8da", textures: [] },
  wing: { coverts: "#3f639f", flight: "#2f4c80", barCount: 1, bar: "#e4e7ec" },
  tail: { form: "wedge", colour: "#365a98", bandCount: 5, band: "#20304f", tip: "#dfe3e8" },
  legs: "#2e2c2c",
  iris: "#191412",
};

const greyHookbill: Species = {
  name: "Grey_backed_Hookbill",
  postureDeg: 46,
  proportions: {
    bodyDepth: 27, headSize: 23, neckLength: 2, wingLength: 80, tailLength: 74, tailWidth: 11, legLength: 27,
    beakLength: 17, beakDepth: 12, crestLength: 0, eyeSize: 4.2,
  },
  beak: { form: "hook", upper: "#242326", lower: "#47444a" },
  crest: "none",
  head: { base: "#93999f", marks: { mask: "#1f1e20", throat: "#e8e6e0" } },
  body: { back: "#8c9299", breast: "#dddad3", belly: "#e4e1da", vent: "#ebe9e4", textures: [] },
  wing: { coverts: "#3a3a3e", flight: "#232326", barCount: 0, bar: "#ecebe6", patch: "#e9e8e3" },
  tail: { form: "fan", colour: "#232326", outer: "#e6e4de", bandCount: 0, band: "#232326" },
  legs: "#2f2b2b",
  iris: "#1b1512",
};

const marshStiltlet: Species = {
  name: "Curve_billed_Stiltlet",
  postureDeg: 20,
  proportions: {
    bodyDepth: 24, headSize: 16, neckLength: 26, wingLength: 96, tailLength: 28, tailWidth: 10, legLength: 68,
    beakLength: 52, beakDepth: 6, crestLength: 0, eyeSize: 3.4,
  },
  beak: { form: "decurved", upper: "#3b332f", lower: "#7d5c4d" },
  crest: "none",
  head: { base: "#a78d6c", marks: { cap: "#6b543e", eyebrow: "#d9c8a8" } },
  body: {
    back: "#86694b", breast: "#bfa37c", belly: "#ddd0b7", vent: "#e4dac6",
    textures: [
      { kind: "bars", place: "flanks", colour: "#6a5139" },
      { kind: "spots", place: "back", colour: "#d6c19c" },
    ],
  },
  wing: { coverts: "#80644a", flight: "#4a3b30", barCount: 1, bar: "#d3bf9c" },
  tail: { form: "square", colour: "#8d7153", bandCount: 3, band: "#4c3b2d" },
  legs: "#8b8566",
  iris: "#1b1411",
};

/**
 * The invented birds, in class order, relatives beside each other as in CUB. Within each kind the species differ in
 * one to three field marks, so that shape tells the kind and only detail tells the species.
 */
export const speciesTable: readonly Species[] = [
  emberCappedFinchling,
  like(emberCappedFinchling, {
    name: "Ash_capped_Finchling",
    head: { base: "#8f8f8c", marks: { cap: "#66696b", throat: "#8f8f8c" } },
    body: { breast: "#bdbab2" },
  }),
  streakedFinchling,
  indigoFinchling,
  saffronLeafwing,
  like(saffronLeafwing, { name: "Masked_Leafwing", head: { marks: { cap: "#c9b53b", mask: "#2b2a26", throat: "#2b2a26" } } }),
  scarletLeafwing,
  ringedGreywing,
  pearlKittling,
  like(pearlKittling, { name: "Dusk_hooded_Kittling", head: { marks: { hood: "#4b423f" } } }),
  cobaltCrestjay,
  like(cobaltCrestjay, {
    name: "Jade_Crestjay",
    head: { base: "#3f7f52", marks: { cheek: "#22241f", throat: "#22241f" } },
    body: { back: "#448257", breast: "#d9c95c", belly: "#e0d684", vent: "#e6dfac" },
    wing: { coverts: "#3b7a50", flight: "#2f5f45" },
    tail: { colour: "#356f4c", bandCount: 0, tip: "#e0d25f" },
  }),
  greyHookbill,
  like(greyHookbill, {
    name: "Rufous_flanked_Hookbill",
    head: { base: "#85705f" },
    body: { back: "#9a5a38", breast: "#cf9a72", flanks: "#b87a51" },
  }),
  marshStiltlet,
  like(marshStiltlet, { name: "Straight_billed_Stiltlet", beak: { form: "dagger" }, body: { breast: "#b5693f", belly: "#c48a63" } }),
];
