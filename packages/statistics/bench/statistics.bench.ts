import { benchFunctions } from "@fledge/bench";
import { bootstrapBca, resamplePlaces, signFlip } from "@fledge/statistics";

const differences = Array.from({ length: 12 }, (_, index) => Math.sin(index));
const places = resamplePlaces(12, 10_000, 1);
await benchFunctions({
  title: "A comparison of two variants over twelve seeds",
  tasks: {
    "sign flips, all 4096": () => signFlip(differences),
    "BCa bootstrap, 10,000 resamples": () => bootstrapBca(differences, places),
  },
  work: { count: 1, unit: "comparisons" },
});
