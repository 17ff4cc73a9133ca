/** The types that a tensor can have, as the names of module torch. */
const dtypes = ["float16", "float32", "float64", "bfloat16", "uint8", "int8", "int16", "int32", "int64", "bool"];

/** NumPy 2 moved what it pickles. */
const numpy = ["numpy.core.multiarray", "numpy._core.multiarray"];

/**
 * Names of what training scripts save beside the weights: options, schedulers' counters, accuracies as NumPy's numbers.
 * None of them is run, their objects' contents are dropped, and the weights cannot be built from them.
 */
export const harmlessNames: readonly string[] = [
  "argparse.Namespace",
  "types.SimpleNamespace",
  "collections.Counter",
  "collections.defaultdict",
  "collections.deque",
  ...["__builtin__", "builtins"].flatMap((module) =>
    ["dict", "list", "tuple", "set", "int", "float", "str", "object"].map((name) => `${module}.${name}`),
  ),
  "_codecs.encode",
  ...["PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath"].map((name) => `pathlib.${name}`),
  ...["datetime", "date", "timedelta"].map((name) => `datetime.${name}`),
  "numpy.dtype",
  ...numpy.map((module) => `${module}.scalar`),
  ...["Size", "device", ...dtypes].map((name) => `torch.${name}`),
  "torch.torch_version.TorchVersion",
  // PyTorch Lightning keeps a module's options in one of its own, under three names over the years.
  "pytorch_lightning.utilities.parsing.AttributeDict",
  "lightning_fabric.utilities.data.AttributeDict",
  "lightning.fabric.utilities.data.AttributeDict",
  "easydict.EasyDict",
  "yacs.config.CfgNode",
];
