"""The input pipeline of Pillow and torchvision on one thread, a task a line.

    python3 torchvision_pipeline.py FOLDER    FOLDER holds the JPEG files

Each line of stdin names a task; each answer is a line of JSON with the CPU seconds it took.
Needs Debian's python3-torch, python3-torchvision and python3-pil, or the same from elsewhere.
"""
import json
import pathlib
import sys
import time

import numpy
import PIL
import torch
import torchvision
from PIL import Image
from torchvision import transforms

torch.set_num_threads(1)
torch.manual_seed(1)
files = sorted(pathlib.Path(sys.argv[1]).glob("**/*.jpg"))

augment = transforms.RandAugment(num_ops=2, magnitude=9)
crop = transforms.RandomResizedCrop(224)
flip = transforms.RandomHorizontalFlip()


def decode(file):
    with Image.open(file) as image:
        return image.convert("RGB")


def batch(images):
    """uint8 [N, 224, 224, 3]: as far as ours comes on the CPU, which normalises on the GPU."""
    return numpy.stack([numpy.asarray(image) for image in images])


decoded = [decode(file) for file in files]
tasks = {
    "decode": lambda: [decode(file) for file in files],
    "decode, crop, flip": lambda: batch(flip(crop(decode(file))) for file in files),
    "decode, RandAugment, crop, flip": lambda: batch(flip(crop(augment(decode(file)))) for file in files),
    "decoded before: crop, flip": lambda: batch(flip(crop(image)) for image in decoded),
    "decoded before: RandAugment, crop, flip": lambda: batch(flip(crop(augment(image))) for image in decoded),
}

versions = {"torch": torch.__version__, "torchvision": torchvision.__version__, "Pillow": PIL.__version__}
print(json.dumps(versions), flush=True)
for line in sys.stdin:
    start = time.process_time()
    result = tasks[line.strip()]()
    seconds = time.process_time() - start
    print(json.dumps({"cpuSeconds": seconds, "images": len(result)}), flush=True)
