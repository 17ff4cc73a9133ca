"""torch.optim.SGD for five steps, and StepLR."""
import torch

from case import Case
from draw import normal, size

STEPS = 5


def sgd(rng, label):
    rate, momentum, decay = (round(float(rng.uniform(*bounds)), 4) for bounds in ((0.001, 0.2), (0, 0.95), (0, 0.01)))
    attributes = {"learning_rate": rate, "momentum": momentum, "weight_decay": decay, "dampening": 0, "nesterov": False, "steps": STEPS}
    shape = [size(rng, 1, 60), size(rng, 1, 60)]
    case = Case(f"sgd_{label}", "sgd", attributes, relative=1e-6)
    parameter = normal(rng, *shape)
    gradients = [normal(rng, *shape).detach() for _ in range(STEPS)]
    case.input("parameter", parameter)
    optimiser = torch.optim.SGD([parameter], lr=rate, momentum=momentum, weight_decay=decay)
    after = []
    for step, gradient in enumerate(gradients, 1):
        case.input(f"gradient_{step}", gradient)
        parameter.grad = gradient.clone()
        optimiser.step()
        after.append((parameter.detach().clone(), optimiser.state[parameter]["momentum_buffer"].clone()))
    for step, (value, buffer) in enumerate(after, 1):
        case.output(f"parameter_{step}", value)
        case.output(f"momentum_{step}", buffer)
    return case


def step_lr(rng, label):
    initial, gamma = round(float(rng.uniform(0.001, 0.5)), 4), round(float(rng.uniform(0.1, 0.9)), 2)
    step_size, epochs = size(rng, 2, 40), size(rng, 5, 90)
    case = Case(f"step_lr_{label}", "step_lr", {"initial": initial, "step_size": step_size, "gamma": gamma, "epochs": epochs}, 1e-6)
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=initial)
    scheduler = torch.optim.lr_scheduler.StepLR(optimiser, step_size, gamma)
    rates = []
    for _ in range(epochs):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        scheduler.step()
    case.output("learning_rates", torch.tensor(rates, dtype=torch.float64))
    return case


def cases(rng):
    for label in "abcd":
        yield sgd(rng, label)
        yield step_lr(rng, label)
