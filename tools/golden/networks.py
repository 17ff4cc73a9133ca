"""Narrow bottleneck ResNets as torchvision builds them: a first step in full, then the state after three."""
import copy

import torch
import torch.nn.functional as F
from torchvision.models.resnet import Bottleneck, ResNet

from case import Case
from draw import leaf, size

# In the first step no ReLU input is nearer to 0: a flipped mask in the last stage would move gradients by percents.
RELU_MARGIN = 3e-5
STEPS = 3
LATER = {"logits": 2e-4, "loss": 5e-5, "losses": 3e-3, "grad/*": 2e-3, "eval_logits": 2e-2}


class Narrow(ResNet):
    """torchvision's ResNet with any widths; the order in which modules are made is torchvision's."""

    def __init__(self, stem, planes, blocks, classes):
        super().__init__(Bottleneck, [1, 1, 1, 1], num_classes=classes)
        self.inplanes = stem
        self.conv1 = torch.nn.Conv2d(3, stem, 7, 2, 3, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(stem)
        for stage, (width, count) in enumerate(zip(planes, blocks), 1):
            setattr(self, f"layer{stage}", self._make_layer(Bottleneck, width, count, stride=1 if stage == 1 else 2))
        self.fc = torch.nn.Linear(4 * planes[-1], classes)


class KeepOffZero(torch.nn.Module):
    """Stands in for a ReLU during one pass: moves the bias before it, by channel, until no input is near to 0."""

    def __init__(self, norms):
        super().__init__()
        self.norms = iter(norms)

    def forward(self, x):
        norm, moved = next(self.norms), x.clone()
        for c in range(x.shape[1]):
            values = torch.sort(-x[:, c].flatten())[0]
            wide = (values[1:] - values[:-1]) > 4 * RELU_MARGIN
            ends = torch.stack([values[0] - 4 * RELU_MARGIN, values[-1] + 4 * RELU_MARGIN])
            shifts = torch.cat([((values[1:] + values[:-1]) / 2)[wide], ends])
            if x[:, c].abs().min() < 2 * RELU_MARGIN:
                before = norm.bias[c].clone()
                norm.bias[c] = (before + shifts[shifts.abs().argmin()]).float().double()
                moved[:, c] += norm.bias[c] - before
        return F.relu(moved)


def initialise(model, rng):
    """Values that float32 holds exactly; running statistics and BatchNorm weights off their usual starts."""
    with torch.no_grad():
        for name, value in model.state_dict().items():
            if value.dim() >= 2:
                value.copy_(leaf(rng.normal(0, (2 / value[0].numel()) ** 0.5, value.shape)))
            elif name.endswith(("running_var", "weight")):
                value.copy_(leaf(rng.uniform(0.6, 1.4, value.shape)))
            elif value.dim() == 1:
                value.copy_(leaf(rng.normal(0, 0.1, value.shape)))


def keep_off_zero(model, images):
    """Runs the images through a copy whose ReLUs move the biases, and takes those over."""
    probe = copy.deepcopy(model)
    blocks = [block for stage in (probe.layer1, probe.layer2, probe.layer3, probe.layer4) for block in stage]
    probe.relu = KeepOffZero([probe.bn1])
    for block in blocks:
        block.relu = KeepOffZero([block.bn1, block.bn2, block.bn3])
    with torch.no_grad():
        probe(images)
    model.load_state_dict({**model.state_dict(), **dict(probe.named_parameters())})


def smallest_relu_input(model, images):
    seen = []
    watch = lambda _, x: seen.append(float(x[0].abs().min()))
    hooks = [m.register_forward_pre_hook(watch) for m in model.modules() if isinstance(m, torch.nn.ReLU)]
    probe = copy.deepcopy(model)
    probe(images)
    for hook in hooks:
        hook.remove()
    return min(seen)


def state_of(model):
    return {name: value.clone() for name, value in model.state_dict().items() if not name.endswith("num_batches_tracked")}


def moved_tolerance(before, after):
    """A fifth of how far a tensor moved, at most 2e-2: a ReLU mask that flips after an update is legitimate."""
    return float(f"{min(0.02, 0.2 * float((after - before).norm() / after.norm())):.2g}")


def narrow(rng, label):
    planes, blocks = [size(rng, 4, 20) for _ in range(4)], [int(rng.integers(1, 3)) for _ in range(4)]
    stem, classes, n = size(rng, 4, 24), size(rng, 3, 30), int(rng.integers(2, 5))
    smoothing, decay = round(float(rng.choice([0, rng.uniform(0.05, 0.3)])), 3), float(rng.choice([0, 1e-4]))
    images = leaf(rng.normal(size=(n, 3, int(rng.integers(50, 96)), int(rng.integers(50, 96))))).detach()
    labels = torch.tensor(rng.integers(0, classes, n))
    model = Narrow(stem, planes, blocks, classes).double().train()
    initialise(model, rng)
    keep_off_zero(model, images)
    before = state_of(model)
    nearest = smallest_relu_input(model, images)
    if nearest < RELU_MARGIN:
        raise RuntimeError(f"a ReLU input is {nearest} from 0")
    optimiser = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=decay)
    losses, first = [], None
    for _ in range(STEPS):
        logits = model(images)
        loss = F.cross_entropy(logits, labels, label_smoothing=smoothing)
        optimiser.zero_grad()
        loss.backward()
        first = first or (logits.detach().clone(), loss.detach(), {name: p.grad.clone() for name, p in model.named_parameters()})
        losses.append(loss.item())
        optimiser.step()
    after = state_of(model)
    overrides = {**LATER, **{f"state_after/{name}": moved_tolerance(before[name], value) for name, value in after.items()}}
    attributes = {
        "stem_channels": stem, "planes": planes, "blocks": blocks, "expansion": 4, "classes": classes, "label_smoothing": smoothing,
        "epsilon": 1e-5, "momentum": 0.1, "num_batches_tracked_after": STEPS, "smallest_relu_input": nearest,
        "optimiser": {"learning_rate": 0.01, "momentum": 0.9, "weight_decay": decay, "steps": STEPS},
    }
    case = Case(f"resnet_narrow_{label}", "resnet_bottleneck_train", attributes, 1e-3, overrides)
    case.input("images", images)
    case.input("labels", labels)
    for name, value in before.items():
        case.input(f"state_before/{name}", value)
    case.output("logits", first[0])
    case.output("loss", first[1])
    case.output("losses", torch.tensor(losses, dtype=torch.float64))
    for name, value in after.items():
        case.output(f"state_after/{name}", value)
    with torch.no_grad():
        case.output("eval_logits", model.eval()(images))
    for name, value in first[2].items():
        case.gradient(f"state_before/{name}", value)
    return case


def cases(rng):
    for label in "ab":
        yield narrow(rng, label)
