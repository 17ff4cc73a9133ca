/** The loss is no number any more: the weights or running statistics have left the range of numbers. */
export class DivergedError extends Error {
  override readonly name = "DivergedError";
}
