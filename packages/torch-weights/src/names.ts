/** What wraps a network and puts its own attribute's name before every name of a state_dict. */
const wrappers = [
  "module.", // nn.DataParallel, DistributedDataParallel, optim.swa_utils.AveragedModel, timm's ModelEma
  "_orig_mod.", // torch.compile
  "model.", // as many a LightningModule calls the network that it trains
  "net.",
  "network.",
  "backbone.",
  "ema_model.",
];

/** How many models optim.swa_utils.AveragedModel has averaged; it stands beside the network's tensors. */
const averaged = "n_averaged";

/**
 * Takes wrappers' names off tensors' names where every name has them, one within the other too; other names stay.
 * AveragedModel's counter goes with its wrapper.
 */
export function withoutWrappers<T>(tensors: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  const wrapped = [...tensors].filter(([name]) => name !== averaged);
  const wrapper = wrappers.find((prefix) => wrapped.every(([name]) => name.startsWith(prefix)));
  if (wrapper === undefined || wrapped.length === 0) return tensors;
  return withoutWrappers(new Map(wrapped.map(([name, value]) => [name.slice(wrapper.length), value])));
}
