// Who takes part, in what, and how to get who is missing.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { kinds, type Kind } from "./tasks.ts";

export interface ContenderEntry {
  readonly id: string;
  readonly title: string;
  readonly kinds: readonly Kind[];
  /** The command that starts its process, or why it is absent and how to get it. */
  readonly command: () => readonly string[] | { readonly absent: string };
}

const script = (name: string) => (): string[] => [
  process.execPath,
  "--import",
  "tsx",
  join(import.meta.dirname, "contenders", name),
];

/** A Python with PyTorch: the one that FLEDGE_PYTHON names, the path's, or Debian's. */
function pytorch(): readonly string[] | { readonly absent: string } {
  const candidates = [process.env["FLEDGE_PYTHON"], "python3", "/usr/bin/python3"].filter(
    (python) => python !== undefined,
  );
  const python = candidates.find((name) => spawnSync(name, ["-c", "import numpy, torch, torchvision"]).status === 0);
  if (python) return [python, join(import.meta.dirname, "contenders", "pytorch.py")];
  return {
    absent:
      "no Python with torch and torchvision; apt-get install python3-torch python3-torchvision, or name one in FLEDGE_PYTHON",
  };
}

export const ours: ContenderEntry = { id: "fledge", title: "Fledge", kinds, command: script("fledge.ts") };

export const peers: readonly ContenderEntry[] = [
  { id: "tfjs", title: "TensorFlow.js WebGPU", kinds, command: script("tfjs.ts") },
  { id: "jax-js", title: "jax-js WebGPU", kinds: ["conv"], command: script("jax-js.ts") },
  { id: "onnxruntime", title: "ONNX Runtime WebGPU", kinds: ["forward"], command: script("onnxruntime.ts") },
  { id: "pytorch", title: "PyTorch CPU", kinds, command: pytorch },
];
