import { benchFunctions } from "@fledge/bench";
import {
  benchmarkCorruptions,
  corrupt,
  extraCorruptions,
  framesOf,
  perturb,
  perturbationKinds,
  severities,
} from "@fledge/corruptions";
import { picture, streams } from "../test/pictures.ts";

const image = picture(224, 224);
const whole = picture(300, 256);

await benchFunctions({
  title: "Corruptions of 224 x 224 pixels, all five severities, saved as JPEG",
  tasks: Object.fromEntries(
    [...benchmarkCorruptions, ...extraCorruptions].map((kind) => [
      kind,
      () => {
        for (const severity of severities) corrupt(image, { kind, severity }, streams(1));
      },
    ]),
  ),
  work: { count: severities.length, unit: "images" },
});
await benchFunctions({
  title: "The last frame of a sequence of 224 x 224 pixels",
  tasks: Object.fromEntries(
    perturbationKinds.map((kind) => [kind, () => perturb(whole, 224, { kind, frame: framesOf(kind) - 1 }, streams(1))]),
  ),
  work: { count: 1, unit: "images" },
});
