import { crestjays } from "./crestjays.ts";
import { finchlings } from "./finchlings.ts";
import { hookbills } from "./hookbills.ts";
import { kittlings } from "./kittlings.ts";
import { leafwings } from "./leafwings.ts";
import { stiltlets } from "./stiltlets.ts";
import type { Species } from "./species.ts";

/**
 * The invented birds in class order, relatives beside each other as in CUB. Shape tells the kind; within a kind some
 * species differ in plumage, and near-twins only in a few field marks, so that telling them apart is fine-grained.
 */
export const speciesTable: readonly Species[] = [
  ...finchlings,
  ...leafwings,
  ...kittlings,
  ...crestjays,
  ...hookbills,
  ...stiltlets,
];
