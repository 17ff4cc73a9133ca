import { endingSignals } from "./ending-signals.ts";

const cleanUps = new Set<() => void>();
let listening = false;

function cleanUp(): void {
  for (const one of cleanUps) {
    cleanUps.delete(one);
    try {
      one();
    } catch {
      // The others still have their turn; what stays behind is a dead process's, which the next one removes.
    }
  }
}

function onSignal(signal: NodeJS.Signals): void {
  // Who else listens decides when this process ends, and may still need what would be removed: `exit` comes then.
  if (process.listenerCount(signal) > 1) return;
  cleanUp();
  stopListening();
  process.kill(process.pid, signal); // Nobody listens any more: it ends the process, as without this.
}

function listen(): void {
  process.on("exit", cleanUp);
  // In front: one that listens once is then still counted.
  for (const signal of endingSignals) process.prependListener(signal, onSignal);
  listening = true;
}

function stopListening(): void {
  process.off("exit", cleanUp);
  for (const signal of endingSignals) process.off(signal, onSignal);
  listening = false;
}

/** A signal that came in a moment ago is still on its way here, and would be lost: two turns of the loop let it in. */
function stopListeningSoon(): void {
  const stop = (): void => {
    if (listening && cleanUps.size === 0) stopListening();
  };
  setImmediate(() => setImmediate(stop).unref()).unref();
}

/**
 * Has something done where the process ends before it is taken off again: at its exit, and at a signal that asks it to
 * end, which by itself runs neither `finally` nor who listens for the exit. Signals are listened for only meanwhile.
 * @param clean is synchronous: nothing else runs after it
 * @returns takes it off, undone
 */
export function atEnd(clean: () => void): () => void {
  if (!listening) listen();
  cleanUps.add(clean);
  return () => {
    if (cleanUps.delete(clean) && cleanUps.size === 0) stopListeningSoon();
  };
}
