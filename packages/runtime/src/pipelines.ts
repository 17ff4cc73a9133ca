import { ShaderCompilationError } from "./errors.ts";
import type { Dispatch } from "./kernel.ts";
import type { WgslBinding } from "./wgsl/bindings.ts";

const bindingTypes = { read: "read-only-storage", read_write: "storage", uniform: "uniform" } as const;

const layoutKey = (bindings: readonly WgslBinding[]): string =>
  bindings.map((b) => `${b.binding}:${b.access}`).join(" ");

/**
 * Compute pipelines by module text and entry point; modules and layouts are shared.
 * Compilation runs off the JavaScript thread.
 */
export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #modules = new Map<string, Promise<GPUShaderModule>>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  get size(): number {
    return this.#pipelines.size;
  }

  layout(bindings: readonly WgslBinding[]): GPUBindGroupLayout {
    const key = layoutKey(bindings);
    let layout = this.#layouts.get(key);
    if (!layout) {
      const entries = bindings.map(({ binding, access }) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: bindingTypes[access] },
      }));
      layout = this.#device.createBindGroupLayout({ entries });
      this.#layouts.set(key, layout);
    }
    return layout;
  }

  pipeline(dispatch: Dispatch): Promise<GPUComputePipeline> {
    const key = `${dispatch.entryPoint}\n${dispatch.wgsl}`;
    let pipeline = this.#pipelines.get(key);
    if (!pipeline) {
      pipeline = this.#create(dispatch);
      this.#pipelines.set(key, pipeline);
    }
    return pipeline;
  }

  async #create(dispatch: Dispatch): Promise<GPUComputePipeline> {
    const module = await this.#module(dispatch);
    try {
      return await this.#device.createComputePipelineAsync({
        label: dispatch.rung,
        layout: this.#device.createPipelineLayout({ bindGroupLayouts: [this.layout(dispatch.bindings)] }),
        compute: { module, entryPoint: dispatch.entryPoint },
      });
    } catch (error) {
      throw new ShaderCompilationError(
        `${dispatch.rung}, entry point ${dispatch.entryPoint}: ${(error as Error).message}`,
      );
    }
  }

  #module(dispatch: Dispatch): Promise<GPUShaderModule> {
    let module = this.#modules.get(dispatch.wgsl);
    if (!module) {
      module = this.#compile(dispatch);
      this.#modules.set(dispatch.wgsl, module);
    }
    return module;
  }

  async #compile({ rung, wgsl }: Dispatch): Promise<GPUShaderModule> {
    this.#device.pushErrorScope("validation");
    const module = this.#device.createShaderModule({ label: rung, code: wgsl });
    const scope = this.#device.popErrorScope();
    const { messages } = await module.getCompilationInfo();
    const rejected = await scope;
    const errors = messages.filter(({ type }) => type === "error");
    if (errors.length > 0) {
      const lines = wgsl.split("\n");
      const shown = errors.map(
        (e) => `${rung}.wgsl:${e.lineNum}:${e.linePos} ${e.message}\n    ${lines[e.lineNum - 1] ?? ""}`,
      );
      const places = errors.map((e) => ({ line: e.lineNum, column: e.linePos, message: e.message }));
      throw new ShaderCompilationError(shown.join("\n"), places);
    }
    if (rejected) throw new ShaderCompilationError(`${rung}: ${rejected.message}`);
    return module;
  }
}
