"""torch.randperm cut into parts."""
import torch

from case import Case
from draw import size


def seeded_split(rng, label, parts):
    count, seed = size(rng, 1, 15000), int(rng.integers(0, 2**31))
    fractions = {part: round(float(rng.uniform(0.05, 0.45)), 2) for part in parts[1:]}
    lengths = {part: int(fraction * count) for part, fraction in fractions.items()}
    lengths = {parts[0]: count - sum(lengths.values()), **lengths}
    attributes = {"count": count, "seed": seed, "fractions": fractions, "parts": parts, "lengths": [lengths[part] for part in parts]}
    case = Case(f"seeded_split_{label}", "seeded_split", attributes, relative=0)
    permutation = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
    for part, indices in zip(parts, permutation.split(attributes["lengths"])):
        case.output(part, indices)
    return case


def cases(rng):
    for label in "abcd":
        yield seeded_split(rng, f"two_{label}", ["train", "val"])
        yield seeded_split(rng, f"three_{label}", ["train", "val", "test"])
