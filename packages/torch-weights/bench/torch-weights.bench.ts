import { benchFunctions } from "@fledge/bench";
import { decodeTorchWeights } from "../src/index.ts";
import { legacyFile, zipFile } from "../test/file-writer.ts";
import { dict, storage, tensor } from "../src/pickle/pieces.ts";

/** 98 MB in 320 tensors, as ResNet-50's state_dict. */
const keys = Array.from({ length: 320 }, (_, index) => String(index));
const elements = 25 * 3064;
const saved = dict(keys.map((key) => [`layer${key}.weight`, tensor(storage(key, elements), [25, 3064], [3064, 1])]));
const transposed = dict(
  keys.map((key) => [`layer${key}.weight`, tensor(storage(key, elements), [3064, 25], [1, 3064])]),
);
const data = Object.fromEntries(keys.map((key) => [key, new Uint8Array(4 * elements)]));
const files = { zip: zipFile(saved, data), legacy: legacyFile(saved, data), transposed: zipFile(transposed, data) };

await benchFunctions({
  title: "torch-weights, 98 MB in 320 tensors",
  tasks: {
    "zip archive": () => decodeTorchWeights(files.zip, "weights.pth"),
    "legacy pickle": () => decodeTorchWeights(files.legacy, "weights.pth"),
    "zip archive, every tensor transposed": () => decodeTorchWeights(files.transposed, "weights.pth"),
  },
  work: { count: 98.048, unit: "MB" },
});
