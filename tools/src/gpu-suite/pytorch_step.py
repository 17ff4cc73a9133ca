"""A training step of torchvision's ResNet-50 on CUDA, or on the CPU where --cpu says so: f32, TF32 and f16 by autocast.

Usage: pytorch_step.py FILE BATCH SIDE [--cpu]. Writes the medians as JSON; random images, which decide no time.
"""
import json
import sys
import time

import torch
import torch.nn.functional as F
import torchvision

file, batch, side = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
on_cpu = "--cpu" in sys.argv
if not on_cpu and not torch.cuda.is_available():
    sys.exit("PyTorch finds no CUDA device")
device = torch.device("cpu" if on_cpu else "cuda")


def seconds_of_step(precision):
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision != "f32"
    torch.backends.cudnn.benchmark = True
    half = precision == "f16"
    model = torchvision.models.resnet50(num_classes=200).to(device, memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    scaler = torch.amp.GradScaler(device.type, enabled=half)
    images = torch.randn(batch, 3, side, side, device=device).to(memory_format=torch.channels_last)
    labels = torch.randint(200, (batch,), device=device)

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(device.type, torch.float16, enabled=half):
            loss = F.cross_entropy(model(images), labels)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        return loss

    times = []
    deadline = time.perf_counter() + 5
    for index in range(25):
        start = time.perf_counter()
        step().item()  # Waits for the device.
        if index >= 3 or on_cpu:
            times.append(time.perf_counter() - start)
        if time.perf_counter() > deadline and times:
            break
    return sorted(times)[len(times) // 2]


precisions = ["f32"] if on_cpu else ["f32", "tf32", "f16"]
name = torch.cuda.get_device_name() if not on_cpu else "CPU"
runs = []
for precision in precisions:
    runs.append({"precision": precision, "batch": batch, "side": side, "seconds": seconds_of_step(precision)})
    print(f"PyTorch {precision}: {1000 * runs[-1]['seconds']:.1f} ms", flush=True)
    with open(file, "w") as stream:  # What is measured is kept at once.
        json.dump({"device": name, "torch": torch.__version__, "runs": runs}, stream)
