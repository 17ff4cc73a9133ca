/** A file holds no PyTorch weights, or none that are safe to read; the message names the file and what is wrong. */
export class TorchWeightsError extends Error {
  override readonly name = "TorchWeightsError";
}

/** @throws TorchWeightsError always */
export function refuse(problem: string): never {
  throw new TorchWeightsError(problem);
}
