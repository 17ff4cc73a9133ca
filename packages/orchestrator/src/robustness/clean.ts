import type { Config } from "../config/schema.ts";
import { cleanView } from "../stages/views.ts";
import { meanOf, type Family } from "./family.ts";
import { shownImages } from "./pictures.ts";

/** The test images as they are, resized and cropped at the centre: what the other families are held against. */
export function clean(config: Config): Family {
  return {
    name: "clean",
    title: "Clean images (centre crop)",
    cases: [{ name: "center", series: "clean", at: null, view: cleanView(config), pictures: shownImages }],
    headlines(measured) {
      const accuracy = meanOf(measured, ["center"], "accuracy");
      return accuracy === undefined ? [] : [{ name: "accuracy", value: accuracy, unit: "share" }];
    },
  };
}
