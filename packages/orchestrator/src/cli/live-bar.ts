import { endingSignals } from "@fledge/files";
import { SingleBar } from "cli-progress";

/** A bar on stderr. A bar hides the cursor and cuts long lines: who ends the process meanwhile gets the terminal back as it was. */
export class LiveBar extends SingleBar {
  readonly #end = (signal: NodeJS.Signals): void => {
    this.stop();
    process.kill(process.pid, signal);
  };

  constructor(format: string, options: ConstructorParameters<typeof SingleBar>[0] = {}) {
    super({ format, hideCursor: true, barsize: 20, gracefulExit: false, ...options });
  }

  override start(total: number, startValue: number, payload?: object): void {
    for (const signal of endingSignals) process.once(signal, this.#end);
    super.start(total, startValue, payload);
  }

  override stop(): void {
    for (const signal of endingSignals) process.off(signal, this.#end);
    super.stop();
  }
}
