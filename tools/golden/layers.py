"""Convolution, BatchNorm, ReLU, pooling and the linear layer."""
import torch
import torch.nn.functional as F

from case import Case
from draw import differentiate, leaf, normal, size

# FORMAT.md: no ReLU input is nearer to 0, so that rounding cannot flip its derivative.
RELU_MARGIN = 2e-4
TIES = "padding never wins; of equal values the first in row-major window order gets the gradient"


def layer(name, op, rng, inputs, compute, attributes=None, relative=1e-5, notes=None):
    """A case of an op that maps named inputs to one output, all of them differentiated."""
    case = Case(name, op, attributes, relative, notes=notes)
    output = compute(inputs)
    for key, value in inputs.items():
        case.input(key, value)
    case.output("output", output)
    differentiate(case, rng, output, inputs)
    return case


def conv2d(rng, label):
    kernel = int(rng.choice([1, 2, 3, 3, 4, 5, 7]))
    stride, padding = int(rng.integers(1, 4)), int(rng.integers(0, kernel))
    least = max(1, kernel - 2 * padding)
    n, ic, oc = size(rng, 1, 5), size(rng, 1, 90), size(rng, 1, 90)
    h, w = size(rng, least, 30), size(rng, least, 30)
    inputs = {"input": normal(rng, n, ic, h, w), "weight": normal(rng, oc, ic, kernel, kernel, scale=(ic * kernel**2) ** -0.5)}
    attributes = {"stride": stride, "padding": padding, "kernel": kernel}
    name = f"conv2d_{kernel}x{kernel}_s{stride}_p{padding}_{label}"
    return layer(name, "conv2d", rng, inputs, lambda x: F.conv2d(x["input"], x["weight"], None, stride, padding), attributes)


def batchnorm_inputs(rng):
    while True:
        n, c, h, w = size(rng, 1, 6), size(rng, 1, 140), size(rng, 1, 24), size(rng, 1, 24)
        if 8 <= n * h * w and n * c * h * w <= 100_000:
            break
    return {
        "input": normal(rng, n, c, h, w, scale=rng.uniform(0.5, 3), mean=rng.uniform(-2, 2)),
        "weight": leaf(rng.uniform(0.5, 1.5, c)),
        "bias": normal(rng, c, scale=0.5),
        "running_mean": normal(rng, c).detach(),
        "running_var": leaf(rng.uniform(0.5, 2, c)).detach(),
    }


def keep_off_zero(rng, before, offset):
    """Redraws the channels of `offset` in which a value of `before(offset)`, a ReLU's input, comes too near to 0."""
    for _ in range(2000):
        near = (before(offset).abs() < RELU_MARGIN).flatten(2).any(2).any(0)
        if not near.any():
            return offset
        offset = leaf(torch.where(near, normal(rng, *offset.shape, scale=0.5), offset).detach().numpy())
    raise RuntimeError("no bias keeps a ReLU's input off 0; draw fewer values a channel")


def batchnorm_train(rng, label, kind):
    epsilon, momentum = float(rng.choice([1e-5, 1e-3])), round(float(rng.uniform(0.05, 0.5)), 3)
    inputs = batchnorm_inputs(rng)
    if kind == "add_relu":
        inputs["residual"] = normal(rng, *inputs["input"].shape)

    def before(bias):
        out = F.batch_norm(inputs["input"], None, None, inputs["weight"], bias, training=True, eps=epsilon)
        return out + inputs["residual"] if kind == "add_relu" else out

    if kind != "plain":
        inputs["bias"] = keep_off_zero(rng, before, inputs["bias"])
    op = "batchnorm2d_train" if kind == "plain" else f"batchnorm2d_{kind}_train"
    case = Case(f"{op}_{label}", op, {"epsilon": epsilon, "momentum": momentum})
    for key, value in inputs.items():
        case.input(key, value)
    output = before(inputs["bias"])
    case.output("output", output if kind == "plain" else F.relu(output))
    moments = {"batch_mean": inputs["input"].mean((0, 2, 3)), "batch_var": inputs["input"].var((0, 2, 3), unbiased=False)}
    mean, var = inputs["running_mean"].clone(), inputs["running_var"].clone()
    F.batch_norm(inputs["input"].detach(), mean, var, training=True, momentum=momentum)
    for key, value in {**moments, "running_mean_after": mean, "running_var_after": var}.items():
        case.output(key, value)
    wanted = {key: value for key, value in inputs.items() if not key.startswith("running")}
    differentiate(case, rng, output if kind == "plain" else F.relu(output), wanted)
    return case


def batchnorm_eval(rng, label):
    inputs = batchnorm_inputs(rng)
    case = Case(f"batchnorm2d_eval_{label}", "batchnorm2d_eval", {"epsilon": 1e-5})
    for key, value in inputs.items():
        case.input(key, value)
    moments = (inputs["running_mean"], inputs["running_var"], inputs["weight"], inputs["bias"])
    case.output("output", F.batch_norm(inputs["input"], *moments, training=False, eps=1e-5))
    return case


def relu(rng, label):
    shape = [size(rng, 1, 4), size(rng, 1, 40), size(rng, 1, 20), size(rng, 1, 20)]
    values = rng.normal(size=shape)
    values[abs(values) < RELU_MARGIN] = RELU_MARGIN
    values[rng.random(shape) < 0.2] = 0
    notes = "one fifth of the inputs are exactly 0; the derivative there is 0"
    return layer(f"relu_{label}", "relu", rng, {"input": leaf(values)}, lambda x: F.relu(x["input"]), relative=1e-7, notes=notes)


def maxpool2d(rng, label):
    kernel = int(rng.choice([1, 2, 3, 3, 4, 5]))
    attributes = {"kernel": kernel, "stride": int(rng.integers(1, 4)), "padding": int(rng.integers(0, kernel // 2 + 1))}
    shape = [size(rng, 1, 3), size(rng, 1, 40), size(rng, kernel, 30), size(rng, kernel, 30)]
    values = rng.normal(-1, 1, shape)
    if rng.random() < 0.5:
        values = values.round()  # ties in every window
    call = lambda x: F.max_pool2d(x["input"], kernel, attributes["stride"], attributes["padding"])
    return layer(f"maxpool2d_{label}", "maxpool2d", rng, {"input": leaf(values)}, call, attributes, 1e-6, TIES)


def global_avgpool2d(rng, label):
    shape = [size(rng, 1, 4), size(rng, 1, 300), size(rng, 1, 15), size(rng, 1, 15)]
    inputs = {"input": normal(rng, *shape, mean=rng.uniform(-1, 1))}
    return layer(f"global_avgpool2d_{label}", "global_avgpool2d", rng, inputs, lambda x: x["input"].mean((2, 3)))


def linear(rng, label):
    n, inner, out = size(rng, 1, 40), size(rng, 1, 2100), size(rng, 1, 300)
    inputs = {"input": normal(rng, n, inner), "weight": normal(rng, out, inner, scale=inner**-0.5), "bias": normal(rng, out)}
    return layer(f"linear_{label}", "linear", rng, inputs, lambda x: F.linear(x["input"], x["weight"], x["bias"]))


def cases(rng):
    for label in "abcdefgh":
        yield conv2d(rng, label)
    for label in "abc":
        for kind in ("plain", "relu", "add_relu"):
            yield batchnorm_train(rng, label, kind)
        for make in (batchnorm_eval, relu, maxpool2d, global_avgpool2d, linear):
            yield make(rng, label)
