import { refuse } from "../error.ts";
import { Storage, storageTypes, type StorageType } from "../storage.ts";
import { checkedView, TensorView } from "../tensor-view.ts";
import { harmlessNames } from "./harmless-names.ts";
import { PickleDict, PickleGlobal, PickleList, PickleObject, PickleTuple, type PickleValue } from "./value.ts";

type Call = (args: readonly PickleValue[]) => PickleValue;

const notPairs = "OrderedDict is called with something else than a list of pairs";

/** Python 3 fills an OrderedDict after the call; Python 2 passed it one list of pairs. */
function orderedDict([given, ...others]: readonly PickleValue[]): PickleValue {
  const dict = new PickleDict();
  if (given === undefined) return dict;
  if (!(given instanceof PickleList) || others.length > 0) return refuse(notPairs);
  for (const pair of given.items) {
    const items = pair instanceof PickleList || pair instanceof PickleTuple ? pair.items : [];
    if (items.length !== 2) return refuse(notPairs);
    dict.set(items[0]!, items[1]!);
  }
  return dict;
}

/** torch/_utils.py, `_rebuild_tensor`: (storage, offset, size, stride). */
function rebuildTensor([storage, offset, size, stride]: readonly PickleValue[]): PickleValue {
  if (!(storage instanceof Storage && size instanceof PickleTuple && stride instanceof PickleTuple)) {
    return refuse("a tensor is built from something else than storage, offset, size and strides");
  }
  return checkedView(storage, offset, size.items, stride.items);
}

/** torch/_utils.py, `_rebuild_tensor_v2`: adds requires_grad, backward_hooks and, only where a bit is set, metadata. */
function rebuildTensor2(args: readonly PickleValue[]): PickleValue {
  const metadata = args[6] ?? null;
  const plain = metadata === null || (metadata instanceof PickleDict && metadata.entries.size === 0);
  // A conjugated or negated view's values differ from its storage's.
  return plain ? rebuildTensor(args) : refuse("a tensor carries metadata, as conjugated and negated views do");
}

/** A parameter is its tensor: (data, requires_grad, backward_hooks); before PyTorch 1.0 (data). */
function parameter([data]: readonly PickleValue[]): PickleValue {
  return data instanceof TensorView ? data : refuse("a parameter is built from something else than a tensor");
}

const functions: ReadonlyMap<string, PickleGlobal> = new Map(
  Object.entries<Call>({
    "collections.OrderedDict": orderedDict,
    "torch._utils._rebuild_tensor": rebuildTensor,
    "torch._utils._rebuild_tensor_v2": rebuildTensor2,
    "torch._utils._rebuild_parameter": parameter,
    "torch.nn.parameter.Parameter": parameter,
  }).map(([name, call]) => [name, new PickleGlobal(name, call)]),
);

const harmless: ReadonlyMap<string, PickleGlobal> = new Map(
  harmlessNames.map((name) => [name, new PickleGlobal(name, () => new PickleObject(name))]),
);

/**
 * A function of this file, a storage type or a harmless name: all that a pickle may name.
 * @param outermost whether the name is of the saved value itself
 * @throws TorchWeightsError for any other
 */
export function findGlobal(module: string, name: string, outermost: boolean): PickleGlobal | StorageType {
  const full = `${module}.${name}`;
  const found = functions.get(full) ?? storageTypes.get(full) ?? harmless.get(full);
  if (found) return found;
  const mend = "if you trust the file, load it with PyTorch and save model.state_dict() alone";
  // Python's classes begin with a capital letter.
  if (outermost && /^[A-Z]/.test(name)) {
    return refuse(`it is a whole pickled model or other object (${JSON.stringify(full)}), not a state_dict; ${mend}`);
  }
  return refuse(`its pickle names ${JSON.stringify(full)}, which no state_dict needs and which is never run; ${mend}`);
}
