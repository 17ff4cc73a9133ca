import { DeviceRows } from "@fledge/autograd";
import type { ImageCache, PlannedImage, ViewImages, ViewPlan } from "@fledge/data";
import type { Gpu } from "@fledge/runtime";
import { DeviceImages } from "./device-images.ts";
import { Workspace } from "./workspace.ts";

interface AugmenterOptions {
  /** Device memory for decoded images; those beyond it are uploaded for each batch. */
  readonly maxImageBytes: number;
  /** Holds decoded images on the host that the device has no room for. */
  readonly cache: ImageCache;
  /** Is told once, when the first image finds no room on the device. */
  readonly onFull?: (images: number, sizeBytes: number) => void;
}

/**
 * Renders views on a device, byte for byte as the loader's threads do, from decoded images that stay there as far as they
 * fit. One serves all loaders of a session; call `release` when done.
 */
export class DeviceAugmenter {
  readonly #gpu: Gpu;
  readonly #images: DeviceImages;
  readonly #cache: ImageCache;
  readonly #onFull: AugmenterOptions["onFull"];
  readonly #idle: Workspace[] = [];
  readonly #all: Workspace[] = [];

  constructor(gpu: Gpu, { maxImageBytes, cache, onFull }: AugmenterOptions) {
    this.#gpu = gpu;
    this.#images = new DeviceImages(gpu, maxImageBytes);
    this.#cache = cache;
    this.#onFull = onFull;
  }

  /** What is known of a file that is decoded already. */
  held(file: string): Omit<PlannedImage, "file"> | undefined {
    const onDevice = this.#images.get(file);
    if (onDevice) return { size: onDevice.size };
    const pixels = this.#cache.get(file);
    return pixels && { size: pixels, pixels };
  }

  /** Keeps the images of a batch: on the device, or where it is full, on the host. */
  keep(images: readonly PlannedImage[]): void {
    for (const { file, pixels } of images) {
      if (!pixels) continue;
      const wasFull = this.#images.full;
      if (!this.#images.offer(file, pixels)) this.#cache.offer(file, pixels);
      if (this.#images.full && !wasFull) this.#onFull?.(this.#images.count, this.#images.sizeBytes);
    }
  }

  /** A workspace for one view, until it is given back. */
  open(): Workspace {
    const idle = this.#idle.pop();
    if (idle) return idle;
    const made = new Workspace(this.#gpu);
    this.#all.push(made);
    return made;
  }

  giveBack(workspaces: readonly Workspace[]): void {
    this.#idle.push(...workspaces);
  }

  /** Images of a batch that was kept, as a view shows them. They lie in the workspace until it renders the next ones. */
  async render(
    workspace: Workspace,
    images: readonly PlannedImage[],
    plans: readonly ViewPlan[],
  ): Promise<ViewImages<DeviceRows>> {
    const { box } = plans[0]!.crop;
    const imageSize = box.width;
    if (imageSize % 2 !== 0) {
      // A row of a batch would not be a whole number of words.
      throw new RangeError(`images of ${imageSize} pixels cannot be augmented on the device: choose an even size`);
    }
    const items = images.map(({ file, size, pixels }, row) => ({
      plan: plans[row]!,
      size,
      pixels: this.#images.get(file)?.slice ?? pixels!,
    }));
    const rows = await workspace.render(items, box);
    return { images: new DeviceRows(rows), flips: Uint32Array.from(plans, ({ flip }) => Number(flip)), imageSize };
  }

  release(): void {
    for (const workspace of this.#all) workspace.release();
    this.#images.release();
  }
}
