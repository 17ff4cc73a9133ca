/** Where adapters come from: Dawn, a browser, or in a test what stands for them. */
export interface AdapterSource {
  /** The adapter that WebGPU prefers, or null where there is none. */
  readonly favourite: (power: GPUPowerPreference | undefined) => Promise<GPUAdapter | null>;
  /** The names of all adapters, hardware before software. */
  readonly names: () => Promise<string[]>;
  /** The adapter with one of `names`, or null if it will not open. */
  readonly named: (name: string) => Promise<GPUAdapter | null>;
}
