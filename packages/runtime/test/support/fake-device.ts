/** Stands for a device where a real one cannot be made to fail: it reports what a test tells it to. */
export class FakeDevice extends EventTarget {
  readonly features = new Set<string>();
  readonly limits = { maxBufferSize: 2 ** 30 };
  /** What the next error scope finds. */
  scopeResult: GPUError | null = null;
  readonly lost: Promise<{ reason: string; message: string }>;
  lose!: (info: { reason: string; message: string }) => void;

  constructor() {
    super();
    this.lost = new Promise((resolve) => (this.lose = resolve));
  }

  asDevice(): GPUDevice {
    return this as unknown as GPUDevice;
  }

  createBuffer(descriptor: GPUBufferDescriptor): GPUBufferDescriptor & { destroy: () => void } {
    return { ...descriptor, destroy: () => undefined };
  }

  pushErrorScope(): void {}

  popErrorScope(): Promise<GPUError | null> {
    return Promise.resolve(this.scopeResult);
  }

  /** Reports an error that no scope catches; returns whether it would be printed too. */
  reportUncaptured(error: GPUError): boolean {
    return this.dispatchEvent(Object.assign(new Event("uncapturederror", { cancelable: true }), { error }));
  }
}
