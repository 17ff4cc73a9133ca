#!/usr/bin/env python3
"""PyTorch's side of the comparison: reads the weights and batches of a folder, trains, writes losses and weights there."""
import json
import sys
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from torchvision.transforms import functional

sys.dont_write_bytecode = True  # no __pycache__ in the repository
sys.path.append(str(Path(__file__).resolve().parents[2] / "tools/golden"))
from case import write_safetensors  # noqa: E402
from networks import Narrow  # noqa: E402

TYPES = {"F32": "<f4", "I32": "<i4", "I64": "<i8", "U8": "u1"}


def read_safetensors(path):
    content = path.read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    header.pop("__metadata__", None)
    span = lambda entry: content[start + entry["data_offsets"][0] : start + entry["data_offsets"][1]]
    return {k: torch.tensor(numpy.frombuffer(span(e), TYPES[e["dtype"]]).reshape(e["shape"])) for k, e in header.items()}


def moved(state, seed):
    """The same weights in float64, each off by at most half a unit in float32's last place."""
    generator = torch.Generator().manual_seed(seed)
    noise = lambda value: 2 * torch.rand(value.shape, generator=generator, dtype=torch.float64) - 1
    return {k: v.double() * (1 + 2**-24 * noise(v)) if v.is_floating_point() else v for k, v in state.items()}


class Side:
    """A ResNet-50 of torchvision's blocks in one precision, its optimiser, and the ReLU masks of its latest pass."""

    def __init__(self, settings, state, dtype, onednn=True):
        width = settings["width"]
        self.dtype, self.onednn, self.masks, self.settings = dtype, onednn, [], settings
        self.model = Narrow(width, [width, 2 * width, 4 * width, 8 * width], [3, 4, 6, 3], settings["classes"])
        self.model.to(dtype).load_state_dict(state)
        for module in self.model.modules():
            if isinstance(module, torch.nn.ReLU):
                module.register_forward_hook(lambda _, __, out: self.masks.append((out > 0).flatten()))
        rule = {"lr": settings["learningRate"], "momentum": settings["momentum"], "weight_decay": settings["weightDecay"]}
        self.optimiser = torch.optim.SGD(self.model.parameters(), **rule)

    def forward(self, images):
        self.masks.clear()
        scaled = images.permute(0, 3, 1, 2).to(self.dtype) / 255
        with torch.backends.mkldnn.flags(enabled=self.onednn):
            return self.model(functional.normalize(scaled, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))

    def step(self, images, labels):
        loss = F.cross_entropy(self.forward(images), labels)
        self.optimiser.zero_grad()
        with torch.backends.mkldnn.flags(enabled=self.onednn):
            loss.backward()
        self.optimiser.step()
        return loss.item()

    def logits(self, images):
        self.model.eval()
        with torch.no_grad():
            out = self.forward(images)
        self.model.train()
        return out

    def save(self, path):
        state = self.model.state_dict()
        floats = {name: value.detach().numpy().copy() for name, value in state.items() if value.is_floating_point()}
        write_safetensors(path, floats)


def main(folder):
    torch.set_num_threads(1)
    settings = json.loads((folder / "settings.json").read_text())
    batches = read_safetensors(folder / "batches.safetensors")
    batches = list(zip(batches["images"], batches["labels"].long()))
    state = read_safetensors(folder / "initial.safetensors")
    sides = {
        "float64": Side(settings, state, torch.float64),
        "float32": Side(settings, state, torch.float32),
        "float32WithoutOneDnn": Side(settings, state, torch.float32, onednn=False),
        "float64Moved": Side(settings, moved(state, settings["seed"]), torch.float64),
    }
    losses, flips, snapshots = {name: [] for name in sides}, [], []
    for step, (images, labels) in enumerate(batches):
        if step in settings["snapshots"]:
            sides["float32"].save(folder / f"torch-before-{step}.safetensors")
            again = {name: Side(settings, sides["float32"].model.state_dict(), side.dtype) for name, side in list(sides.items())[:2]}
            snapshots.append({"step": step, **{name: F.cross_entropy(side.forward(images), labels).item() for name, side in again.items()}})
        for name, side in sides.items():
            losses[name].append(side.step(images, labels))
        flips.append(sum(int((a != b).sum()) for a, b in zip(sides["float64"].masks, sides["float32"].masks)))
    relu_inputs = sum(mask.numel() for mask in sides["float64"].masks)
    sides["float32"].save(folder / "torch.safetensors")
    ours = Side(settings, read_safetensors(folder / "ours.safetensors"), torch.float32)
    images = batches[-1][0]
    logits = {"ours": ours.logits(images).numpy(), "torch": sides["float32"].logits(images).numpy()}
    write_safetensors(folder / "torch-logits.safetensors", logits)
    result = {"version": torch.__version__, "losses": losses, "maskFlips": flips, "reluInputs": relu_inputs, "snapshots": snapshots}
    (folder / "torch.json").write_text(json.dumps(result))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: train.py FOLDER, a folder that parity.ts has filled")
    main(Path(sys.argv[1]))
