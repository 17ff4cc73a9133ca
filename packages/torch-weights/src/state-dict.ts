import { refuse } from "./error.ts";
import { PickleDict, type PickleValue } from "./pickle/value.ts";
import { TensorView } from "./tensor-view.ts";

/** Where training scripts keep the state_dict beside the epoch and the optimiser's state. */
const wrappers = ["state_dict", "model"];

/** What nn.DataParallel puts before every name. */
const parallelPrefix = "module.";

function findDict(saved: PickleValue): PickleDict {
  if (!(saved instanceof PickleDict)) return refuse("it holds no dict; save model.state_dict()");
  const wrapped = wrappers.map((key) => saved.entries.get(key)).find((value) => value instanceof PickleDict);
  return wrapped ?? saved;
}

/**
 * The tensors of a state_dict by name: the saved dict itself, or the one under "state_dict" or "model". `module.` is
 * taken off where every name begins with it.
 * @throws TorchWeightsError where the dict holds anything but tensors under names
 */
export function findStateDict(saved: PickleValue): ReadonlyMap<string, TensorView> {
  const tensors = new Map<string, TensorView>();
  for (const [name, value] of findDict(saved).entries) {
    if (typeof name !== "string") return refuse("its dict has a key that is no name; save model.state_dict()");
    if (!(value instanceof TensorView)) {
      const places = wrappers.map((key) => `"${key}"`).join(" or ");
      return refuse(`${JSON.stringify(name)} is no tensor; save model.state_dict(), alone or under ${places}`);
    }
    tensors.set(name, value);
  }
  if (tensors.size === 0) return refuse("its state_dict is empty");
  if (![...tensors.keys()].every((name) => name.startsWith(parallelPrefix))) return tensors;
  return new Map([...tensors].map(([name, value]) => [name.slice(parallelPrefix.length), value]));
}
