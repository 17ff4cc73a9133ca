import { DeviceLostError, type Gpu } from "@fledge/runtime";
import { UsageError } from "../config/resolve.ts";
import { log } from "./log.mjs";
import { openGpu } from "./open-gpu.ts";
import { defaultDeviceLosses } from "./options.mjs";
import type { AdapterFlags, DeviceLossFlags } from "./options.ts";

/** The loss that an error is, or that it follows from. */
function lossBehind(error: unknown): DeviceLostError | undefined {
  const seen = new Set<unknown>();
  for (let one = error; one instanceof Error && !seen.has(one); one = one.cause) {
    if (one instanceof DeviceLostError) return one;
    seen.add(one);
  }
  return undefined;
}

const nameOf = ({ adapter }: Gpu): string => `${adapter.name} (${adapter.driver})`;

/**
 * Runs `body` on a device, and where that is lost again on a fresh one of the same adapter, up to `maxDeviceLosses`
 * times: `body` then takes up what it has kept. What a lost device computed is not kept, so the bits are those of a run
 * without a loss.
 * @param mend what to do after one loss more
 * @throws DeviceLostError of one loss more; UsageError where the machine then has another adapter only
 */
export async function onDevices<T>(
  flags: AdapterFlags & DeviceLossFlags,
  body: (gpu: Gpu) => Promise<T>,
  mend: () => string,
): Promise<T> {
  const { maxDeviceLosses = defaultDeviceLosses } = flags;
  let adapter: string | undefined;
  for (let losses = 0; ; losses++) {
    const gpu = await openGpu(flags);
    try {
      if ((adapter ??= nameOf(gpu)) !== nameOf(gpu))
        throw new UsageError(
          `${adapter} is gone, and another adapter has other last bits; bring it back, and go on with --resume`,
        );
      return await body(gpu);
    } catch (error) {
      const loss = lossBehind(error);
      if (!loss) throw error;
      if (losses >= maxDeviceLosses)
        throw new DeviceLostError(`${loss.message}${losses > 0 ? `, ${losses + 1} times in all` : ""}. ${mend()}`, {
          cause: error,
        });
      log.warn(
        `${loss.message}; going on from the last checkpoint on a fresh device (loss ${losses + 1} of at most ${maxDeviceLosses}, see --max-device-losses)`,
      );
    } finally {
      await gpu.close();
    }
  }
}
