/** The loss is no number any more: the weights or running statistics have left the range of numbers. The message says where. */
export class DivergedError extends Error {
  override readonly name = "DivergedError";
}
