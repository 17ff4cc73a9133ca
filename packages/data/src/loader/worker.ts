import { move, transferableSymbol, valueSymbol } from "piscina";
import type { BatchTask } from "./render-batch.ts";
import { renderBatch } from "./render-batch.ts";

/** What a worker thread runs for each batch: the pixels are moved to the main thread, not copied. */
export default async function renderInWorker(task: BatchTask): Promise<unknown> {
  const rendered = await renderBatch(task);
  const buffers = rendered.views.flatMap(({ images, flips }) => [images.buffer, flips.buffer]);
  return move({ [transferableSymbol]: buffers, [valueSymbol]: rendered });
}
