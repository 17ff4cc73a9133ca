"""The 16 operations of ildoonet/pytorch-randaugment on real Pillow."""
import numpy
from PIL import Image, ImageDraw, ImageEnhance, ImageOps


def affine(image, *matrix):
    return image.transform(image.size, Image.Transform.AFFINE, matrix)


def solarize_add(image, addition):
    added = numpy.clip(numpy.array(image).astype(int) + addition, 0, 255).astype(numpy.uint8)
    return ImageOps.solarize(Image.fromarray(added), 128)


def cutout(image, size, centre):
    left, top = (int(max(0, at - size / 2)) for at in centre)
    right, bottom = (min(side, start + size) for side, start in zip(image.size, (left, top)))
    painted = image.copy()
    ImageDraw.Draw(painted).rectangle((left, top, right, bottom), (125, 123, 114))
    return painted


# name: (least value, greatest value, how it is applied)
OPERATIONS = {
    "AutoContrast": (None, None, lambda image, _: ImageOps.autocontrast(image)),
    "Equalize": (None, None, lambda image, _: ImageOps.equalize(image)),
    "Invert": (None, None, lambda image, _: ImageOps.invert(image)),
    "Rotate": (-30, 30, lambda image, v: image.rotate(v)),
    "Posterize": (0, 4, lambda image, v: ImageOps.posterize(image, int(v))),
    "Solarize": (0, 256, ImageOps.solarize),
    "SolarizeAdd": (0, 110, solarize_add),
    "Color": (0.1, 1.9, lambda image, v: ImageEnhance.Color(image).enhance(v)),
    "Contrast": (0.1, 1.9, lambda image, v: ImageEnhance.Contrast(image).enhance(v)),
    "Brightness": (0.1, 1.9, lambda image, v: ImageEnhance.Brightness(image).enhance(v)),
    "Sharpness": (0.1, 1.9, lambda image, v: ImageEnhance.Sharpness(image).enhance(v)),
    "ShearX": (-0.3, 0.3, lambda image, v: affine(image, 1, v, 0, 0, 1, 0)),
    "ShearY": (-0.3, 0.3, lambda image, v: affine(image, 1, 0, 0, v, 1, 0)),
    "CutoutAbs": (0, 40, None),
    "TranslateXabs": (-100, 100, lambda image, v: affine(image, 1, 0, v, 0, 1, 0)),
    "TranslateYabs": (-100, 100, lambda image, v: affine(image, 1, 0, 0, 0, 1, v)),
}


def draw(rng, image, name, level):
    least, greatest, _ = OPERATIONS[name]
    entry = {"library": "pil", "name": name}
    if least is not None:
        entry.update(level=level, value=level / 30 * (greatest - least) + least)
    if name == "CutoutAbs":
        entry["center_x"], entry["center_y"] = (float(rng.uniform(0, side)) for side in image.size)
    return entry


def apply(image, entry):
    if entry["name"] == "CutoutAbs":
        return cutout(image, entry["value"], (entry["center_x"], entry["center_y"]))
    return OPERATIONS[entry["name"]][2](image, entry.get("value"))
