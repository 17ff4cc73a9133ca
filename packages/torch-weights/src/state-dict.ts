import { refuse } from "./error.ts";
import { PickleDict, type PickleValue } from "./pickle/value.ts";
import { TensorView } from "./tensor-view.ts";

/**
 * Where training scripts keep the state_dict beside the epoch and the optimiser's state; the first that a file has
 * counts, so averaged weights (EMA) only where there are no others.
 */
const places = [
  "state_dict",
  "model_state_dict",
  "model_state",
  "model",
  "net",
  "network",
  "module",
  "weights",
  "params",
  "state_dict_ema",
  "ema_state_dict",
  "model_ema",
  "ema",
];

/** A dict in a dict in a dict; a pickle can also hold a dict that holds itself. */
const maxDepth = 4;

function findDict(saved: PickleValue, depth = 0): PickleDict {
  if (!(saved instanceof PickleDict)) return refuse("it holds no dict; save model.state_dict()");
  const wrapped = places.map((key) => saved.entries.get(key)).find((value) => value instanceof PickleDict);
  if (wrapped === undefined) return saved;
  return depth < maxDepth ? findDict(wrapped, depth + 1) : refuse("its dicts nest too deep; save model.state_dict()");
}

/** Whose text stands in a state_dict's `_metadata`: torch looks up module names there, and leaves what it does not know. */
export const metadataOwner = "fledge";

/** The text by name that `encodeTorchWeights` put into `_metadata`; empty where there is none. */
export function findMetadata(saved: PickleValue): Readonly<Record<string, string>> {
  const metadata = findDict(saved).state?.entries.get("_metadata");
  const own = metadata instanceof PickleDict ? metadata.entries.get(metadataOwner) : undefined;
  if (!(own instanceof PickleDict)) return {};
  const texts = [...own.entries].filter((entry): entry is [string, string] =>
    entry.every((one) => typeof one === "string"),
  );
  return Object.fromEntries(texts);
}

/**
 * The tensors of a state_dict by name: the saved dict itself, or the one in it at one of `places`, which may hold
 * another.
 * @throws TorchWeightsError where the dict holds anything but tensors under names
 */
export function findStateDict(saved: PickleValue): ReadonlyMap<string, TensorView> {
  const tensors = new Map<string, TensorView>();
  for (const [name, value] of findDict(saved).entries) {
    if (typeof name !== "string") return refuse("its dict has a key that is no name; save model.state_dict()");
    if (!(value instanceof TensorView)) {
      return refuse(`${JSON.stringify(name)} is no tensor; save model.state_dict(), alone or under "state_dict"`);
    }
    tensors.set(name, value);
  }
  return tensors.size > 0 ? tensors : refuse("its state_dict is empty; save model.state_dict()");
}
