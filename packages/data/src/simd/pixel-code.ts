import { readFileSync } from "node:fs";

/** What pixels.wasm exports; `../../assembly/` says what each does. A pointer is an address in the memory. */
export interface PixelCode {
  firstFree(): number;
  huffmanTable(kind: number, id: number, counts: number, symbols: number): number;
  decodeScan(
    start: number,
    components: number,
    componentCount: number,
    columns: number,
    rows: number,
    restartInterval: number,
    left: number,
    right: number,
    top: number,
    bottom: number,
  ): number;
  nextMarker(from: number, end: number): number;
  greyToRgb(
    luma: number,
    stride: number,
    left: number,
    right: number,
    top: number,
    bottom: number,
    out: number,
    outStride: number,
  ): void;
  planesToRgb(
    luma: number,
    lumaStride: number,
    blue: number,
    red: number,
    chromaStride: number,
    across: number,
    down: number,
    chromaWidth: number,
    chromaHeight: number,
    left: number,
    right: number,
    top: number,
    bottom: number,
    out: number,
    outStride: number,
  ): void;
  resizeAcross(
    from: number,
    stride: number,
    rows: number,
    to: number,
    width: number,
    firsts: number,
    pairs: number,
    weights: number,
    weightStride: number,
  ): void;
  resizeDown(
    from: number,
    rowBytes: number,
    to: number,
    height: number,
    firsts: number,
    pairs: number,
    weights: number,
    weightStride: number,
  ): void;
  fillPixels(to: number, bytes: number, first: number, second: number, third: number): void;
  mapBytes(from: number, to: number, bytes: number, table: number): void;
  mapChannels(from: number, to: number, pixels: number, tables: number): void;
  countValues(from: number, pixels: number, counts: number): void;
  sumLuma(from: number, pixels: number): number;
  blendWithGrey(from: number, to: number, pixels: number, factor: number): void;
  blendWithSmooth(from: number, to: number, width: number, height: number, factor: number): void;
  affineAligned(
    from: number,
    inputWidth: number,
    to: number,
    width: number,
    height: number,
    columns: number,
    rows: number,
  ): void;
  affineFixed(
    from: number,
    inputWidth: number,
    inputHeight: number,
    to: number,
    width: number,
    height: number,
    startX: number,
    stepXX: number,
    stepXY: number,
    startY: number,
    stepYX: number,
    stepYY: number,
  ): void;
  affineBilinear(
    from: number,
    to: number,
    width: number,
    height: number,
    a: number,
    b: number,
    c: number,
    d: number,
    e: number,
    f: number,
  ): void;
  shearXBicubic(from: number, to: number, width: number, height: number, shear: number): void;
  shearYBicubic(from: number, to: number, width: number, height: number, shear: number): void;
}

/** A WebAssembly.Memory that is shared. */
export interface PixelMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

/** As much of Node's WebAssembly as is used: neither the standard library's types nor @types/node have it. */
interface WebAssembly {
  readonly Memory: new (size: { initial: number; maximum: number; shared: true }) => PixelMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: { env: { memory: PixelMemory } }) => { exports: unknown };
}
const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssembly };

let module: object | undefined;

/** The code, compiled once in each thread, over a memory of its own. */
export function startPixelCode(): { code: PixelCode; memory: PixelMemory } {
  module ??= new WebAssembly.Module(readFileSync(new URL("./pixels.wasm", import.meta.url)));
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 2 ** 16, shared: true });
  return { code: new WebAssembly.Instance(module, { env: { memory } }).exports as PixelCode, memory };
}
