import {
  affineNearest,
  blend,
  cropJob,
  cropResize,
  imageWords,
  JOB_WORDS,
  mapValues,
  MAX_PIXELS,
  paintRectangle,
  shearBicubic,
  stretchScales,
  valueTables,
} from "@fledge/augment";
import type { ImageSize, RgbImage, ViewPlan } from "@fledge/data";
import {
  planKernel,
  type BufferSlice,
  type Gpu,
  type Kernel,
  type PreparedDispatch,
  type TensorSpec,
} from "@fledge/runtime";
import { kernelNames, operationJobs, type KernelName } from "./jobs.ts";
import { plainBytes } from "./plain-bytes.ts";
import { placePlan, workWords, type PlacedOperation, type PlacedPlan } from "./layout.ts";

/** One image of a batch: what is done to it, and its pixels or where they lie on the device. */
interface WorkItem {
  readonly plan: ViewPlan;
  readonly size: ImageSize;
  readonly pixels: RgbImage | BufferSlice;
}

/** What a workspace is made for; grows. */
interface Capacity {
  /** Images at once. */
  readonly N: number;
  readonly bytes: number;
  readonly list: number;
  readonly rows: number;
}

/** Images of a chunk lie within so much, where one alone does not need more. */
const CHUNK_BYTES = 64 * 2 ** 20;

const kernels: Readonly<Record<KernelName, Kernel<never>>> = {
  valueTables,
  mapValues,
  blend,
  affineNearest,
  shearBicubic,
  paintRectangle,
} as const;

const powerOfTwo = (least: number): number => 2 ** Math.ceil(Math.log2(Math.max(least, 16)));

/**
 * Memory and kernels for the batches of one view. A batch is worked on in chunks, each of as many images as fit; within
 * one, operation k of every image is stage k, whose kernels take all images at once.
 */
export class Workspace {
  readonly #gpu: Gpu;
  readonly #scales: BufferSlice;
  #capacity: Capacity = { N: 0, bytes: 0, list: 0, rows: 0 };
  #images: BufferSlice | undefined;
  /** Of the images that come out. */
  #result: ImageSize = { width: 0, height: 0 };
  /** By stage and kernel. */
  readonly #prepared = new Map<string, readonly PreparedDispatch[]>();
  /** By stage and tensor, of jobs and scratch by kernel too. */
  readonly #buffers = new Map<string, BufferSlice>();

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
    this.#scales = gpu.allocate({ shape: [256, 2], dtype: "u32" }, "augment: scales");
    gpu.write(this.#scales, stretchScales());
  }

  /**
   * Renders a batch. The rows lie here until the next batch is rendered.
   * @param result the size of the images that come out
   * @throws RangeError for an image that is too large
   */
  async render(items: readonly WorkItem[], result: ImageSize): Promise<BufferSlice[]> {
    const resultWords = imageWords(result);
    const chunks = this.#chunksOf(items, resultWords);
    const placedChunks = chunks.map(({ first, members }) => {
      let work = items.length * resultWords;
      return members.map((item, i) => {
        const placed = placePlan(item.plan, item.size, work, (first + i) * resultWords);
        work += workWords(item.plan, item.size);
        return { item, placed };
      });
    });
    const workBytes = Math.max(...chunks.map(({ words }) => 4 * words));
    this.#reserve(result, { N: items.length, bytes: 4 * items.length * resultWords + workBytes, list: 0, rows: 0 });
    for (const chunk of placedChunks) await this.#renderChunk(chunk, result);
    const { buffer } = this.#images!;
    return items.map((_, row) => ({ buffer, offset: 4 * row * resultWords, sizeBytes: 4 * resultWords }));
  }

  release(): void {
    this.#unload();
    if (this.#images) this.#gpu.free(this.#images);
    this.#images = undefined;
    this.#gpu.free(this.#scales);
  }

  #chunksOf(items: readonly WorkItem[], resultWords: number): { first: number; members: WorkItem[]; words: number }[] {
    const chunks: { first: number; members: WorkItem[]; words: number }[] = [];
    const most = this.#gpu.traits.maxStorageBufferBindingSize - 4 * items.length * resultWords;
    items.forEach((item, row) => {
      const { width, height } = item.size;
      const words = workWords(item.plan, item.size);
      if (width * height > MAX_PIXELS || 4 * words > most) {
        throw new RangeError(
          `an image of ${width} x ${height} is too large to be augmented on this device; shrink it, or set loader.augmentOn to cpu`,
        );
      }
      const last = chunks.at(-1);
      if (last && 4 * (last.words + words) <= Math.min(most, CHUNK_BYTES)) {
        last.members.push(item);
        last.words += words;
      } else chunks.push({ first: row, members: [item], words });
    });
    return chunks;
  }

  async #renderChunk(chunk: readonly { item: WorkItem; placed: PlacedPlan }[], result: ImageSize): Promise<void> {
    const cropList: number[] = [];
    const crops = chunk.map(({ item: { plan }, placed }) => cropJob(placed.crop, plan.crop, plan.mirror, cropList));
    const stagesOf = (operations: (plan: PlacedPlan) => readonly PlacedOperation[]) => {
      const count = Math.max(...chunk.map(({ placed }) => operations(placed).length));
      return Array.from({ length: count }, (_, k) => chunk.map(({ placed }) => operations(placed)[k]));
    };
    const [before, after] = [stagesOf(({ before: all }) => all), stagesOf(({ after: all }) => all)];
    const lists = new Map<readonly (PlacedOperation | undefined)[], number[]>();
    const jobs = new Map(
      [...before, ...after].map((stage) => {
        const list: number[] = [];
        lists.set(stage, list);
        return [stage, stage.map((one) => one && operationJobs(one.operation, one.placed, list))];
      }),
    );
    this.#reserve(result, {
      N: chunk.length,
      bytes: 0,
      list: Math.max(cropList.length, ...[...lists.values()].map(({ length }) => length)),
      rows: Math.max(...crops.map(({ rows }) => rows)),
    });
    this.#upload(chunk);
    const dispatches: PreparedDispatch[] = [];
    const add = async (kernel: KernelName | "cropResize", stage: string, kernelJobs: (Uint32Array | undefined)[]) => {
      dispatches.push(...(await this.#load(kernel, stage)));
      this.#write(`${stage} ${kernel} jobs`, this.#rows(kernelJobs, JOB_WORDS, Uint32Array));
    };
    const runStage = async (name: string, stage: (typeof before)[number]): Promise<void> => {
      const ofImages = jobs.get(stage)!;
      for (const kernel of kernelNames) {
        const ofKernel = ofImages.map((one) => one?.jobs[kernel]);
        if (ofKernel.some((job) => job !== undefined)) await add(kernel, name, ofKernel);
      }
      const products = ofImages.map((one) => one?.products);
      this.#write(`${name} products`, this.#rows(products, 256, Float32Array));
      const tables = ofImages.map((one) => one?.table); // those that a kernel fills are zeros until then
      this.#write(`${name} tables`, this.#rows(tables, 768, Uint8Array));
      this.#write(`${name} list`, Int32Array.from(lists.get(stage)!));
    };
    for (const [k, stage] of before.entries()) await runStage(`before ${k}`, stage);
    await add(
      "cropResize",
      "crop",
      crops.map(({ job }) => job),
    );
    this.#write("crop list", Int32Array.from(cropList));
    for (const [k, stage] of after.entries()) await runStage(`after ${k}`, stage);
    this.#gpu.submit(dispatches);
  }

  /** Puts the images where the work on them begins. */
  #upload(chunk: readonly { item: WorkItem; placed: PlacedPlan }[]): void {
    const copies: { from: BufferSlice; to: BufferSlice }[] = [];
    for (const { item, placed } of chunk) {
      const sizeBytes = 4 * imageWords(item.size);
      const to = { buffer: this.#images!.buffer, offset: 4 * placed.source, sizeBytes };
      if ("buffer" in item.pixels) copies.push({ from: item.pixels, to });
      else this.#gpu.write(to, plainBytes(item.pixels));
    }
    this.#gpu.copy(copies);
  }

  /** Rows of one width for all images that there may be, zeros where an image has none. */
  #rows<A extends Uint32Array | Float32Array | Uint8Array>(
    rows: readonly (ArrayLike<number> | undefined)[],
    width: number,
    Rows: new (length: number) => A,
  ): A & ArrayBufferView<ArrayBuffer> {
    const all = new Rows(this.#capacity.N * width);
    rows.forEach((row, n) => row && all.set(row, n * width));
    return all as A & ArrayBufferView<ArrayBuffer>;
  }

  /** Makes room. Where there was less, all that was prepared is prepared anew when it is wanted. */
  #reserve(result: ImageSize, wanted: Capacity): void {
    const has = this.#capacity;
    const fits = (Object.keys(wanted) as (keyof Capacity)[]).every((name) => wanted[name] <= has[name]);
    if (fits && this.#result.width === result.width && this.#result.height === result.height) return;
    const most = this.#gpu.traits.maxStorageBufferBindingSize;
    const [bytesBefore, imagesBefore] = [has.bytes, this.#images];
    this.#capacity = {
      N: powerOfTwo(Math.max(wanted.N, has.N)),
      bytes: Math.max(has.bytes, Math.min(powerOfTwo(wanted.bytes), most)),
      list: powerOfTwo(Math.max(wanted.list, has.list)),
      rows: powerOfTwo(Math.max(wanted.rows, has.rows)),
    };
    this.#result = result;
    const keep = imagesBefore !== undefined && bytesBefore === this.#capacity.bytes;
    this.#unload();
    if (keep) return;
    if (imagesBefore) this.#gpu.free(imagesBefore);
    this.#images = this.#gpu.allocateBytes(this.#capacity.bytes, "augment: images");
  }

  /** A kernel for a stage, on the batch's images, the stage's buffers and its own of jobs. */
  async #load(name: KernelName | "cropResize", stage: string): Promise<readonly PreparedDispatch[]> {
    const key = `${stage} ${name}`;
    const held = this.#prepared.get(key);
    if (held) return held;
    const { N, bytes, list, rows } = this.#capacity;
    const shape = { N, bytes, list, OH: this.#result.height, OW: this.#result.width, rows };
    const kernel = (name === "cropResize" ? cropResize : kernels[name]) as Kernel<typeof shape>;
    const plan = planKernel(kernel, shape, { device: this.#gpu.traits });
    const slices: Record<string, BufferSlice> = { images: this.#images!, scales: this.#scales };
    for (const [tensor, spec] of Object.entries({ ...plan.tensors, ...plan.scratch })) {
      const own = tensor in plan.scratch || tensor === "jobs";
      slices[tensor] ??= this.#buffer(`${own ? key : stage} ${tensor}`, spec);
    }
    const dispatches = await this.#gpu.prepare(plan, slices);
    this.#prepared.set(key, dispatches);
    return dispatches;
  }

  #buffer(key: string, spec: TensorSpec): BufferSlice {
    const buffer = this.#buffers.get(key) ?? this.#gpu.allocate(spec, `augment: ${key}`);
    this.#buffers.set(key, buffer);
    return buffer;
  }

  /** Fills a buffer, where a kernel has wanted it. */
  #write(key: string, data: ArrayBufferView<ArrayBuffer>): void {
    const buffer = this.#buffers.get(key);
    if (buffer && data.byteLength > 0) this.#gpu.write(buffer, data);
  }

  #unload(): void {
    for (const buffer of this.#buffers.values()) this.#gpu.free(buffer);
    this.#buffers.clear();
    this.#prepared.clear();
  }
}
