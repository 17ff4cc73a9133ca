"""Softmax cross entropy with hard and soft targets."""
import torch
import torch.nn.functional as F

from case import Case
from draw import differentiate, leaf, normal, size


def cross_entropy(rng, label, target, smoothing, scale):
    n, classes = size(rng, 1, 70), size(rng, 2, 1200)
    logits = normal(rng, n, classes, scale=scale, mean=rng.uniform(-2, 2) * scale)
    attributes = {"target": target, "label_smoothing": smoothing, "reduction": "mean", "classes": classes}
    # Where the answer is nearly certain loss and gradient vanish, and are held to an error on the scale of one row.
    floors = {"grad/logits": 0.1 * n**-0.5, "loss": 0.1}
    case = Case(f"softmax_cross_entropy_{target}_{label}", "softmax_cross_entropy", attributes, floors=floors)
    case.input("logits", logits)
    if target == "hard":
        expected = torch.tensor(rng.integers(0, classes, n))
        case.input("labels", expected)
    else:
        drawn = rng.exponential(size=(n, classes))
        expected = leaf(drawn / drawn.sum(1, keepdims=True)).detach()
        case.input("target", expected)
    loss = F.cross_entropy(logits, expected, label_smoothing=smoothing)
    case.output("loss", loss)
    differentiate(case, rng, loss, {"logits": logits})
    return case


def cases(rng):
    for label in "abc":
        for target in ("hard", "soft"):
            for smoothing in (0.0, round(float(rng.uniform(0.02, 0.4)), 3)):
                suffix = f"smooth_{label}" if smoothing else label
                yield cross_entropy(rng, suffix, target, smoothing, float(rng.choice([1, 3, 30])))
