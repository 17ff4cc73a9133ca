import type { RgbImage, ViewPlan } from "@fledge/data";
import type { Gpu } from "@fledge/runtime";
import { Workspace } from "./workspace.ts";

/**
 * Images as plans show them, which a device renders as it does in training; those that come out of one call have one size.
 * @throws RangeError where the device cannot
 */
export async function renderOnDevice(
  gpu: Gpu,
  items: readonly { readonly image: RgbImage; readonly plan: ViewPlan }[],
): Promise<RgbImage[]> {
  const { width, height } = items[0]!.plan.crop.box;
  const workspace = new Workspace(gpu);
  try {
    const work = items.map(({ image, plan }) => ({ plan, size: image, pixels: image }));
    const slices = await workspace.render(work, { width, height });
    const contents = await Promise.all(slices.map((slice) => gpu.read(slice)));
    return contents.map((bytes) => ({ width, height, data: new Uint8Array(bytes, 0, width * height * 3) }));
  } finally {
    workspace.release();
  }
}
