"""Augmentation, crops, flips and normalisation, by Pillow and torchvision."""
import numpy
import torch
from PIL import Image
from torchvision import transforms
from torchvision.transforms import functional

import augment_jizongfox
import augment_pil
import augment_torchvision
from case import Case
from draw import size

BILINEAR = transforms.InterpolationMode.BILINEAR


def picture(rng, low, high):
    """A gradient, coloured noise and a flat patch, so that histograms have gaps and neighbours differ."""
    h, w = size(rng, low, high), size(rng, low, high)
    across, down = numpy.meshgrid(numpy.linspace(0, 1, w), numpy.linspace(0, 1, h))
    slopes = rng.uniform(-120, 120, (2, 3))
    values = rng.uniform(40, 210, 3) + across[..., None] * slopes[0] + down[..., None] * slopes[1]
    values = values + rng.normal(0, rng.choice([0, 4, 60]), (h, w, 3))
    values[: h // 3, w // 2 :] = rng.integers(0, 256, 3)
    return Image.fromarray(numpy.clip(values, 0, 255).astype(numpy.uint8))


def image_case(name, op, image, attributes=None, **options):
    case = Case(name, op, attributes, relative=0, **options)
    case.input("image", numpy.asarray(image))
    return case


def augment(rng, library, label, name, levels):
    """One operation at several levels, each on the image as it is."""
    image = picture(rng, 1, 110)
    case = image_case(f"augment_{label}_{name}", "image_augment", image, {"operations": []})
    for index, level in enumerate(levels):
        entry = {**library.draw(rng, image, name, level), "output": f"output_{index}"}
        case.file["attributes"]["operations"].append(entry)
        case.output(entry["output"], numpy.asarray(library.apply(image, entry)))
    return case


def fills(rng, mode):
    """torchvision's geometric operations with a fill colour."""
    image, fill = picture(rng, 20, 90), [int(v) for v in rng.integers(0, 256, 3)]
    case = image_case(f"augment_torchvision_{mode}_fill", "image_augment", image, {"operations": []}, optional=mode == "bilinear")
    for index, name in enumerate(["ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate"]):
        entry = augment_torchvision.draw(rng, image, name, int(rng.integers(1, 31)))
        entry.update(fill=fill, interpolation=mode, output=f"output_{index}")
        case.file["attributes"]["operations"].append(entry)
        case.output(entry["output"], numpy.asarray(augment_torchvision.apply(image, entry)))
    return case


def policy(rng):
    """Calls of the paper's package: two operations, each applied with probability one half."""
    image, names = picture(rng, 30, 90), list(augment_jizongfox.OPERATIONS)
    case = image_case("policy_jizongfox", "augment_policy", image, {"library": "jizongfox", "draws": []})
    for index in range(12):
        number, steps, current = int(rng.integers(0, 18225)), [], image
        for entry in divmod(number, 135):
            step = augment_jizongfox.draw(rng, image, names[entry // 9], entry % 9 + 1)
            step["applied"] = bool(rng.random() < 0.5)
            current = augment_jizongfox.apply(current, step) if step["applied"] else current
            steps.append(step)
        case.file["attributes"]["draws"].append({"policy": number, "steps": steps, "output": f"output_{index}"})
        case.output(f"output_{index}", numpy.asarray(current))
    return case


def resized_crop(rng, label):
    image = picture(rng, 8, 200)
    width, height = image.size
    out_h, out_w = size(rng, 1, 120), size(rng, 1, 120)
    attributes = {"boxes": [], "output_height": out_h, "output_width": out_w, "interpolation": "bilinear"}
    case = image_case(f"resized_crop_{label}", "image_resized_crop", image, attributes)
    for index in range(4):
        box = {"height": size(rng, 1, height), "width": size(rng, 1, width)}
        box = {"top": int(rng.integers(0, height - box["height"] + 1)), "left": int(rng.integers(0, width - box["width"] + 1)), **box}
        crop = functional.resized_crop(image, **box, size=[out_h, out_w], interpolation=BILINEAR)
        attributes["boxes"].append({**box, "output": f"output_{index}"})
        case.output(f"output_{index}", numpy.asarray(crop))
    return case


def resize_center_crop(rng, label):
    image, resize = picture(rng, 10, 150), size(rng, 8, 200)
    crop = size(rng, 4, resize)
    case = image_case(f"resize_center_crop_{label}", "image_resize_center_crop", image, {"resize": resize, "crop": crop})
    steps = transforms.Compose([transforms.Resize(resize, BILINEAR), transforms.CenterCrop(crop)])
    case.output("output", numpy.asarray(steps(image)))
    return case


def flip(rng):
    image = picture(rng, 1, 60)
    case = image_case("horizontal_flip", "image_horizontal_flip", image)
    case.output("output", numpy.asarray(functional.hflip(image)))
    return case


def normalise(rng):
    image = picture(rng, 1, 60)
    mean, std = ([round(float(v), 3) for v in rng.uniform(*bounds, 3)] for bounds in ((0.3, 0.6), (0.15, 0.3)))
    case = Case("normalise", "image_normalise", {"mean": mean, "std": std}, relative=2e-6)
    case.input("image", numpy.asarray(image))
    scaled = torch.tensor(numpy.asarray(image)).permute(2, 0, 1).double() / 255
    case.output("output", functional.normalize(scaled, mean, std))
    return case


def cases(rng):
    libraries = {"pil": (augment_pil, 0, 30), "torchvision": (augment_torchvision, 0, 30), "jizongfox": (augment_jizongfox, 1, 9)}
    for label, (library, least, top) in libraries.items():
        for name in library.OPERATIONS:
            yield augment(rng, library, label, name, [least, *(int(level) for level in rng.integers(1, top, 3)), top])
    for mode in ("nearest", "bilinear"):
        yield fills(rng, mode)
    yield policy(rng)
    for label in "abcd":
        yield resized_crop(rng, label)
        yield resize_center_crop(rng, label)
    yield flip(rng)
    yield normalise(rng)
