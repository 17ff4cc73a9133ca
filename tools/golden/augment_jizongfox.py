"""The 15 operations of `randaugment` 1.0.2 (jizongFox/pytorch-randaugment) on real Pillow: FORMAT.md, "the paper's package"."""
import numpy
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

GREY, CUTOUT = (128, 128, 128), (125, 122, 113)


def affine(image, matrix, resample=Image.Resampling.NEAREST):
    return image.transform(image.size, Image.Transform.AFFINE, matrix, resample, fillcolor=GREY)


def cutout(image, size, centre):
    """The far ends are not painted, where ImageDraw's rectangle would paint them."""
    half = size // 2
    left, top = (max(0, at - half) for at in centre)
    right, bottom = (min(side, at + half) for side, at in zip(image.size, centre))
    painted = image.copy()
    if right > left and bottom > top:
        ImageDraw.Draw(painted).rectangle((left, top, right - 1, bottom - 1), CUTOUT)
    return painted


BICUBIC = Image.Resampling.BICUBIC
# name: (magnitudes from level 0 to 9, signed or not, how `value` is applied)
FACTOR, SHEAR, SHIFT = numpy.linspace(0, 0.9, 10), numpy.linspace(0, 0.3, 10), numpy.linspace(0, 150 / 331, 10)
OPERATIONS = {
    "Invert": (None, False, lambda image, _: ImageOps.invert(image)),
    "Cutout": (numpy.round(numpy.linspace(0, 20, 10)).astype(int), False, None),
    "Sharpness": (FACTOR, True, lambda image, v: ImageEnhance.Sharpness(image).enhance(v)),
    "AutoContrast": (None, False, lambda image, _: ImageOps.autocontrast(image)),
    "Posterize": (numpy.round(numpy.linspace(8, 4, 10)).astype(int), False, ImageOps.posterize),
    "ShearX": (SHEAR, True, lambda image, v: affine(image, (1, v, 0, 0, 1, 0), BICUBIC)),
    "TranslateX": (SHIFT, True, lambda image, v: affine(image, (1, 0, v, 0, 1, 0))),
    "TranslateY": (SHIFT, True, lambda image, v: affine(image, (1, 0, 0, 0, 1, v))),
    "ShearY": (SHEAR, True, lambda image, v: affine(image, (1, 0, 0, v, 1, 0), BICUBIC)),
    "Rotate": (numpy.linspace(0, 30, 10), False, lambda image, v: image.rotate(v, fillcolor=GREY)),
    "Equalize": (None, False, lambda image, _: ImageOps.equalize(image)),
    "Contrast": (FACTOR, True, lambda image, v: ImageEnhance.Contrast(image).enhance(v)),
    "Color": (FACTOR, True, lambda image, v: ImageEnhance.Color(image).enhance(v)),
    "Solarize": (numpy.linspace(256, 0, 10), False, ImageOps.solarize),
    "Brightness": (FACTOR, True, lambda image, v: ImageEnhance.Brightness(image).enhance(v)),
}


def draw(rng, image, name, level):
    """An operation at a level as FORMAT.md lists it, its sign or centre drawn."""
    magnitudes, signed, _ = OPERATIONS[name]
    entry = {"library": "jizongfox", "name": name, "level": level}
    if magnitudes is None:
        return entry
    value = magnitudes[level].item()
    if signed:
        entry["sign"] = int(rng.choice([-1, 1]))
        value *= entry["sign"]
        if name.startswith("Translate"):
            value = magnitudes[level].item() * image.size[0 if name.endswith("X") else 1] * entry["sign"]
        elif not name.startswith("Shear"):
            value += 1
    entry["value"] = value
    if name == "Cutout":
        entry["center_x"], entry["center_y"] = (int(rng.integers(0, side)) for side in image.size)
    return entry


def apply(image, entry):
    if entry["name"] == "Cutout":
        return cutout(image, entry["value"], (entry["center_x"], entry["center_y"]))
    return OPERATIONS[entry["name"]][2](image, entry.get("value"))
