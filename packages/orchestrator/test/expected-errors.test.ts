import { CasesNotFoundError } from "@fledge/conformance";
import { DataError, WorkerDiedError } from "@fledge/data";
import { FileError, FolderLockedError } from "@fledge/files";
import { StateDictError } from "@fledge/resnet";
import { AdapterNotFoundError, DeviceLostError, GpuOutOfMemoryError, TensorTooLargeError } from "@fledge/runtime";
import { SafetensorsError } from "@fledge/safetensors";
import { StudyError } from "@fledge/study";
import { TorchWeightsError } from "@fledge/torch-weights";
import { CheckpointError, DivergedError } from "@fledge/training";
import { expect, it } from "vitest";
import { expectedErrors } from "../src/cli/expected-errors.mjs";
import { UsageError } from "../src/config/resolve.ts";
import { WeightsError } from "../src/stages/weights-error.ts";

it("names the errors that a person can mend as they name themselves", () => {
  const errors = [
    new AdapterNotFoundError("x"),
    new CasesNotFoundError("x"),
    new CheckpointError("x"),
    new DataError({ file: "x" }, "x", "x"),
    new DeviceLostError("x"),
    new FileError("x", "x"),
    new FolderLockedError("x"),
    new GpuOutOfMemoryError("x"),
    new SafetensorsError("x"),
    new StateDictError("x"),
    new StudyError("x"),
    new TensorTooLargeError("x", 2, 1, "x"),
    new TorchWeightsError("x"),
    new UsageError("x"),
    new WeightsError("x"),
    new WorkerDiedError("x"),
  ];
  expect(errors.map(({ name }) => name)).toEqual(expectedErrors);
  expect(new DivergedError("x").name).toBe("DivergedError");
});
