"""torchvision's RandAugment: its own table of magnitudes and its own way of applying them."""
from torchvision.transforms import InterpolationMode, RandAugment
from torchvision.transforms.autoaugment import _apply_op

BINS = 31
SPACE = RandAugment()._augmentation_space
OPERATIONS = [name for name in SPACE(BINS, (1, 1)) if name != "Identity"]


def draw(rng, image, name, level):
    magnitudes, signed = SPACE(BINS, (image.size[1], image.size[0]))[name]
    entry = {"library": "torchvision", "name": name}
    if magnitudes.dim() > 0:
        entry.update(level=level, value=magnitudes[level].item() * (int(rng.choice([-1, 1])) if signed else 1))
    return entry


def apply(image, entry):
    mode = InterpolationMode(entry.get("interpolation", "nearest"))
    return _apply_op(image, entry["name"], entry.get("value", 0.0), interpolation=mode, fill=entry.get("fill"))
