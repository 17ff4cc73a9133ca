import { move, transferableSymbol, valueSymbol } from "piscina";
import { DataError } from "../error.ts";
import type { BatchTask, RenderedBatch } from "./render-batch.ts";
import { renderBatch } from "./render-batch.ts";

/** A worker thread's answer: the batch, or the image at fault. Any other error is thrown. */
export type Answer =
  { readonly rendered: RenderedBatch } | { readonly fault: Pick<DataError, "file" | "fault" | "mend"> };

/** What a worker thread runs for each batch: the pixels are moved to the main thread, not copied. */
export default async function renderInWorker(task: BatchTask): Promise<unknown> {
  let rendered: RenderedBatch;
  try {
    rendered = await renderBatch(task);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const { file, fault, mend } = error; // An error's class does not cross to another thread.
    return { fault: { file, fault, mend } };
  }
  const buffers = rendered.views.flatMap(({ images, flips }) => [images.buffer, flips.buffer]);
  return move({ [transferableSymbol]: buffers, [valueSymbol]: { rendered } });
}
