import type { DeviceRows } from "@fledge/autograd";
import { PlanLoader, type Batch, type Loader, type ViewImages } from "@fledge/data";
import type { DeviceAugmenter } from "./augmenter.ts";
import type { Workspace } from "./workspace.ts";

type LoaderOptions<Name extends string> = ConstructorParameters<typeof Loader<Name>>[0];

/** A `Loader` whose threads only decode: a device renders the views, to the same bytes. Call `close` when done. */
export class DeviceLoader<Name extends string = never> {
  readonly #loader: PlanLoader<Name>;
  readonly #augmenter: DeviceAugmenter;
  readonly #names: readonly Name[];
  #workspaces: readonly Workspace[];

  constructor(options: Omit<LoaderOptions<Name>, "cache">, augmenter: DeviceAugmenter) {
    this.#loader = new PlanLoader({ ...options, held: (file) => augmenter.held(file) });
    this.#augmenter = augmenter;
    this.#names = Object.keys(options.views ?? {}) as Name[];
    this.#workspaces = [null, ...this.#names].map(() => augmenter.open());
  }

  get counters(): PlanLoader<Name>["counters"] {
    return this.#loader.counters;
  }

  /** The batches of an epoch. Their images stay until the next batch is asked for. Throws as `Loader.epoch` does. */
  async *epoch(epoch: number): AsyncGenerator<Batch<Name, DeviceRows>, void, undefined> {
    for await (const { images, plans, views, labels, indices, size } of this.#loader.epoch(epoch)) {
      this.#augmenter.keep(images);
      const [first, ...others] = this.#workspaces as [Workspace, ...Workspace[]];
      const main = await this.#augmenter.render(first, images, plans);
      const further: [Name, ViewImages<DeviceRows>][] = [];
      for (const [i, name] of this.#names.entries())
        further.push([name, await this.#augmenter.render(others[i]!, images, views[name])]);
      yield { ...main, views: Object.fromEntries(further) as Batch<Name, DeviceRows>["views"], labels, indices, size };
    }
  }

  async close(): Promise<void> {
    this.#augmenter.giveBack(this.#workspaces);
    this.#workspaces = [];
    await this.#loader.close();
  }
}
