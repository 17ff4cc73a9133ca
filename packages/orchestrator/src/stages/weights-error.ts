/** A file holds no weights to start from; the message names the file, what is wrong and the mend. */
export class WeightsError extends Error {
  override readonly name = "WeightsError";
}
