"""A golden case and the two files it is written as (test/conformance/FORMAT.md)."""
import json
import shutil
from pathlib import Path

import numpy

DTYPES = {"float32": "F32", "int32": "I32", "uint8": "U8"}


def stored(value):
    """A tensor or number as it is kept: floats rounded to float32 once, integers as int32, bytes as bytes."""
    array = numpy.asarray(value.detach() if hasattr(value, "detach") else value)
    if array.dtype.kind == "f":
        array = array.astype(numpy.float32)
    elif array.dtype != numpy.uint8:
        array = array.astype(numpy.int32)
    if array.dtype.kind == "f" and not numpy.isfinite(array).all():
        raise ValueError("an expected value is not finite")
    return numpy.array(array, order="C")  # unlike ascontiguousarray, keeps a scalar's shape []


def write_safetensors(path, tensors):
    """Wider types first and the data at a multiple of eight, so that each tensor is aligned to its own type."""
    ordered = sorted(tensors.items(), key=lambda item: -item[1].itemsize)
    header, end = {}, 0
    for name, array in ordered:
        begin, end = end, end + array.nbytes
        header[name] = {"dtype": DTYPES[str(array.dtype)], "shape": list(array.shape), "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for _, array in ordered:
            file.write(array.astype(array.dtype.newbyteorder("<")).tobytes())


class Case:
    """Collects what a case holds; `write` makes its folder."""

    def __init__(self, name, op, attributes=None, relative=1e-5, overrides=None, floors=None, notes=None, optional=False):
        tolerance = {"relative": relative}
        if overrides:
            tolerance["overrides"] = overrides
        if floors:
            tolerance["floors"] = floors
        self.file = {"name": name, "op": op, "attributes": attributes or {}, "inputs": [], "outputs": [], "gradients": {}}
        self.file["tolerance"] = tolerance
        if notes:
            self.file["notes"] = notes
        if optional:
            self.file["optional"] = True
        self.tensors = {}

    @property
    def name(self):
        return self.file["name"]

    def keep(self, name, value):
        """A tensor that is neither fed nor expected, such as grad_output."""
        self.tensors[name] = stored(value)

    def input(self, name, value):
        self.file["inputs"].append(name)
        self.keep(name, value)

    def output(self, name, value):
        self.file["outputs"].append(name)
        self.keep(name, value)

    def gradient(self, of, value):
        self.file["gradients"][of] = f"grad/{of}"
        self.keep(f"grad/{of}", value)

    def write(self, root):
        """Writes to a hidden folder beside, then renames: no half-written case is left behind."""
        target, part = Path(root, self.name), Path(root, f".{self.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        write_safetensors(part / "tensors.safetensors", self.tensors)
        (part / "case.json").write_text(json.dumps(self.file, indent=1) + "\n")
        shutil.rmtree(target, ignore_errors=True)
        part.rename(target)
