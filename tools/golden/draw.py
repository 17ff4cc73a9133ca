"""Random sizes and values of the cases, all from one numpy generator."""
import math

import numpy
import torch


def size(rng, low, high):
    """A whole number, evenly spread on a logarithmic scale: small sizes are as likely as large ones."""
    return int(math.exp(rng.uniform(math.log(low), math.log(high + 1))))


def leaf(array):
    """Float32 values as a float64 tensor that wants a gradient: what the expected values are computed from."""
    return torch.tensor(numpy.asarray(array, dtype=numpy.float32), dtype=torch.float64, requires_grad=True)


def normal(rng, *shape, scale=1.0, mean=0.0):
    return leaf(rng.normal(mean, scale, shape))


def differentiate(case, rng, output, inputs):
    """Draws grad_output and adds the gradients of sum(output * grad_output)."""
    upstream = normal(rng, *output.shape)
    case.keep("grad_output", upstream)
    names = list(inputs)
    for name, gradient in zip(names, torch.autograd.grad(output, [inputs[name] for name in names], upstream)):
        case.gradient(name, gradient)
