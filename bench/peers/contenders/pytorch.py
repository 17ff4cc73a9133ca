"""PyTorch on the CPU, all cores: torchvision's ResNet-50, convolutions, BatchNorm. Speaks contender.ts's protocol."""
import json
import os
import sys
import time
import traceback

import numpy as np
import torch
import torch.nn.functional as F
import torchvision

torch.set_num_threads(os.cpu_count() or 1)


def read(inputs, name, shape, dtype=np.float32):
    return torch.from_numpy(np.fromfile(inputs[name], dtype).reshape(shape).copy())


def nchw(tensor):
    return tensor.permute(0, 3, 1, 2).contiguous()


def nhwc(tensor):
    return tensor.detach().permute(0, 2, 3, 1)


def read_safetensors(file):
    with open(file, "rb") as stream:
        size = int.from_bytes(stream.read(8), "little")
        header = json.loads(stream.read(size))
        data = np.frombuffer(stream.read(), np.uint8)
    header.pop("__metadata__", None)
    return {
        name: torch.from_numpy(data[slice(*entry["data_offsets"])].view(np.float32).reshape(entry["shape"]).copy())
        for name, entry in header.items()
    }


class Conv:
    def __init__(self, task, inputs):
        s = task["shape"]
        side = (s["IH"] + 2 * s["padding"] - s["KH"]) // s["stride"] + 1
        x = nchw(read(inputs, "x", (s["N"], s["IH"], s["IW"], s["IC"])))
        weight = read(inputs, "weight", (s["KH"], s["KW"], s["IC"], s["OC"])).permute(3, 2, 0, 1).contiguous()
        d_out = nchw(read(inputs, "dOut", (s["N"], side, side, s["OC"])))
        options = {"stride": s["stride"], "padding": s["padding"]}
        self.once, self.name, self.order = {
            "forward": (lambda: F.conv2d(x, weight, **options), "out", (0, 2, 3, 1)),
            "gradInput": (lambda: torch.nn.grad.conv2d_input(x.shape, weight, d_out, **options), "dX", (0, 2, 3, 1)),
            "gradWeight": (lambda: torch.nn.grad.conv2d_weight(x, weight.shape, d_out, **options), "dWeight", (2, 3, 1, 0)),
        }[task["direction"]]

    def run(self):
        self.result = self.once()

    def outputs(self):
        return {self.name: self.result.permute(*self.order)}


class BatchNorm:
    def __init__(self, task, inputs):
        s = task["shape"]
        shape = (s["N"], s["H"], s["W"], s["C"])
        self.x = nchw(read(inputs, "x", shape)).requires_grad_()
        self.weight = read(inputs, "weight", s["C"]).requires_grad_()
        self.bias = read(inputs, "bias", s["C"]).requires_grad_()
        self.d_out = nchw(read(inputs, "dOut", shape))
        self.running = torch.zeros(s["C"]), torch.ones(s["C"])

    def run(self):
        self.out = F.batch_norm(self.x, *self.running, self.weight, self.bias, training=True)
        self.gradients = torch.autograd.grad(self.out, [self.x, self.weight, self.bias], self.d_out)

    def outputs(self):
        d_x, d_weight, d_bias = self.gradients
        return {"out": nhwc(self.out), "dX": nhwc(d_x), "dWeight": d_weight, "dBias": d_bias}


class Network:
    def __init__(self, task, inputs):
        self.model = torchvision.models.resnet50(num_classes=task["classes"])
        self.model.load_state_dict(read_safetensors(inputs["weights"]), strict=False)  # No num_batches_tracked.
        self.images = nchw(read(inputs, "images", (task["batch"], task["side"], task["side"], 3)))
        self.labels = read(inputs, "labels", task["batch"], np.int32).long()


class Forward(Network):
    def run(self):
        self.model.eval()
        with torch.no_grad():
            self.logits = self.model(self.images)

    def outputs(self):
        return {"logits": self.logits}


class Train(Network):
    def __init__(self, task, inputs):
        super().__init__(task, inputs)
        self.optimizer = torch.optim.SGD(
            self.model.parameters(), lr=task["learningRate"], momentum=task["momentum"]
        )
        self.losses = []

    def run(self):
        loss = F.cross_entropy(self.model(self.images), self.labels)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.losses.append(loss.item())

    def outputs(self):
        return {"losses": torch.tensor(self.losses[:2])}


TASKS = {"conv": Conv, "batchnorm": BatchNorm, "forward": Forward, "train": Train}


class Contender:
    task = None

    def answer(self, request):
        if request["do"] == "describe":
            versions = {"torch": torch.__version__, "torchvision": torchvision.__version__}
            return {"description": {"versions": versions, "adapter": None}}
        if request["do"] == "prepare":
            self.task = TASKS[request["task"]["kind"]](request["task"], request["inputs"])
        elif request["do"] == "measure":
            start = time.perf_counter()
            for _ in range(request["repeats"]):
                self.task.run()
            return {"timeMs": 1000 * (time.perf_counter() - start) / request["repeats"]}
        elif request["do"] == "outputs":
            files = {}
            for name, tensor in self.task.outputs().items():
                files[name] = os.path.join(request["folder"], f"{name}.bin")
                tensor.detach().contiguous().numpy().tofile(files[name])
            return {"files": files}
        elif request["do"] == "release":
            self.task = None
        return {}


def main():
    contender = Contender()
    with os.fdopen(3, "w") as replies:
        for line in sys.stdin:
            try:
                reply = contender.answer(json.loads(line))
            except Exception:  # Whatever it is, the runner reports it.
                reply = {"error": traceback.format_exc()}
            print(json.dumps(reply), file=replies, flush=True)


main()
