#!/usr/bin/env python3
"""Makes golden cases in the format of test/conformance/FORMAT.md, of shapes and values that the seed decides."""
import argparse
import json
import sys
from pathlib import Path

import numpy
import torch

sys.dont_write_bytecode = True  # no __pycache__ in the repository

import images
import layers
import loss
import networks
import optimiser
import splits

FAMILIES = {"layers": layers, "loss": loss, "optimiser": optimiser, "networks": networks, "images": images, "splits": splits}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the cases; must be new or empty")
    parser.add_argument("--seed", type=int, default=0, help="decides shapes and values (default 0)")
    parser.add_argument("--only", choices=FAMILIES, help="make one family only")
    options = parser.parse_args()
    if options.seed < 0:
        parser.error(f"--seed is {options.seed}: give a whole number from 0")
    if options.out.exists() and (not options.out.is_dir() or any(options.out.iterdir())):
        parser.error(f"{options.out} is not an empty folder: name a new one")
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    names = []
    for number, (family, module) in enumerate(FAMILIES.items()):
        if options.only not in (None, family):
            continue
        # A generator for each family: --only makes the same cases as a full run.
        for case in module.cases(numpy.random.default_rng([options.seed, number])):
            case.write(options.out)
            names.append(case.name)
    if len(set(names)) != len(names):
        raise RuntimeError("two cases have the same name")
    manifest = {"profile": "golden", "seed": options.seed, "cases": sorted(names)}
    (options.out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    print(f"{len(names)} cases in {options.out}")


if __name__ == "__main__":
    main()
