/** Bytes of a file's start that `foreignKind` looks at. */
export const headBytes = 512;

type Kind = readonly [beginnings: readonly (string | RegExp)[], kind: string, mend: string];

const torch = "give PyTorch's weights";

/** How files begin (as Latin-1) that are given as weights by mistake, what they are, and what to do instead. */
const kinds: readonly Kind[] = [
  [["version https://git-lfs.github.com/"], "a Git LFS pointer", "get the file that it points to with git lfs pull"],
  [
    [/^\s*<(!doctype|html|head|body|script|\?xml|!--)/i],
    "an HTML or XML page, as a site sends in place of a file",
    "download the file itself",
  ],
  [["\x1f\x8b", "BZh", "\xfd7zXZ", "7z\xbc\xaf", "Rar!", "\x28\xb5\x2f\xfd"], "a compressed file", "unpack it first"],
  [[/^[^]{257}ustar/], "a tar archive", "unpack it; one of PyTorch before 0.2 must be saved anew with a newer one"],
  [["\x89HDF\r\n"], "an HDF5 file, as Keras saves", torch],
  [["\x93NUMPY"], "a NumPy array", "give a whole network's weights as safetensors"],
  [["GGUF", "ggml", "lmgg", "tjgg"], "a GGUF or GGML file", torch],
  [[/^[^]{4}TFL3/], "a TensorFlow Lite model", torch],
  [[/^[^]{4,5}(pytorch|\w+2onnx|onnx)/i], "an ONNX model", "give the PyTorch weights that it was made of"],
  [["model_checkpoint_path:", "all_model_checkpoint_paths:"], "a TensorFlow checkpoint's list", torch],
  [
    ["\x80\x02", "\x80\x03", "\x80\x04", "\x80\x05"],
    "a Python pickle that torch.save did not write",
    "save model.state_dict() with torch.save",
  ],
  [[/^\s*\{/], "JSON text, as an index or a configuration", "give the file that holds the tensors"],
  [["\xff\xd8\xff", "\x89PNG", "GIF8", "%PDF"], "a picture or a document", "give a file of weights"],
  [[/^[\t\n\r -~]+$/], "text", "give a file of weights, as safetensors or PyTorch's .pth"],
];

/** How TensorFlow calls the files of a checkpoint, which have no beginning of their own. */
const tensorFlowName = /\.(data-\d+-of-\d+|index|meta)$|\.ckpt-\d+$/;

/**
 * What a file is that is no file of weights, and the mend; null where nothing is known about it.
 * @param head the file's first `headBytes`, or all of a shorter file
 */
export function foreignKind(head: Buffer, name: string): string | null {
  if (head.length === 0) return "it is empty: get the file again";
  // A safetensors file begins with a length below 2^24 in eight bytes, of which the first may be any, then with {.
  if (head[8] === 0x7b && head.subarray(3, 8).every((byte) => byte === 0)) return null;
  const text = head.toString("latin1");
  const begins = (start: string | RegExp): boolean =>
    typeof start === "string" ? text.startsWith(start) : start.test(text);
  const [, kind, mend] = kinds.find(([beginnings]) => beginnings.some(begins)) ?? [];
  if (kind !== undefined) return `it is ${kind}: ${mend}`;
  return tensorFlowName.test(name) ? `it is a part of a TensorFlow checkpoint: ${torch}` : null;
}
