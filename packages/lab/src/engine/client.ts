import { wrap, type Remote } from "comlink";
import type { Engine, LadderName } from "./engine.ts";

interface Running {
  readonly engine: Remote<Engine>;
  /** Rejects when the worker is stopped. */
  readonly stopped: Promise<never>;
  readonly stop: () => void;
}

let running: Running | undefined;

/** A stopped task's error. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
}

function start(): Running {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  let stop!: () => void;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => {
      worker.terminate();
      running = undefined;
      reject(new StoppedError("stopped"));
    };
    worker.addEventListener("error", ({ message }) => reject(new Error(`the worker failed: ${message}`)));
  });
  stopped.catch(() => undefined);
  return { engine: wrap<Engine>(worker), stopped, stop };
}

/**
 * Asks the engine, in its worker: the page stays alive while shaders run and the reference computes.
 * @throws what the engine throws; StoppedError after `stopEngine`
 */
export function ask<T>(question: (engine: Remote<Engine>) => Promise<T>): Promise<T> {
  running ??= start();
  return Promise.race([question(running.engine), running.stopped]);
}

/** Ends what is under way, with its device; the next question starts anew. */
export const stopEngine = (): void => running?.stop();

/** A ladder's name alone: what is asked is copied to the worker. */
export const nameOf = ({ project, kernel }: LadderName): LadderName => ({ project, kernel });
