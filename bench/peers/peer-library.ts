// The peers' libraries: loaded by computed name, since an ordinary install does not have them.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Description } from "./contender.ts";

/** Where package.json, package-lock.json and node_modules of the peers lie. */
export const librariesFolder = join(import.meta.dirname, "libraries");
const fromPeers = createRequire(join(librariesFolder, "package.json"));
/** Dawn as Fledge's runtime has it: the peers run on the same build. */
const fromRuntime = createRequire(import.meta.resolve("@fledge/runtime"));

/** @param T what is used of the library's interface */
export const loadPeer = <T>(name: string): T => fromPeers(name) as T;

export function peerVersion(name: string): string {
  const manifest = readFileSync(join(librariesFolder, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

/** Held for the life of the process: Dawn aborts if what `create` returned is collected while a device of it lives. */
let instance: GPU | undefined;

/** Gives this process `navigator.gpu` and WebGPU's globals, as a browser has them, and says which adapter there is. */
export async function provideWebGpu(): Promise<NonNullable<Description["adapter"]>> {
  const { create, globals } = fromRuntime("webgpu") as { create: (options: string[]) => GPU; globals: object };
  Object.assign(globalThis, globals);
  instance = create([]);
  Object.defineProperty(globalThis, "navigator", {
    value: { gpu: instance, userAgent: "Node.js" },
    configurable: true,
  });
  const adapter = await instance.requestAdapter();
  if (!adapter) throw new Error("no WebGPU adapter");
  const { device, description, isFallbackAdapter } = adapter.info;
  return {
    name: device,
    driver: description,
    software: isFallbackAdapter || /llvmpipe|lavapipe|swiftshader|software/i.test(`${device} ${description}`),
  };
}

const cell = new Int32Array(new SharedArrayBuffer(4));

/**
 * Waits as Fledge's runtime waits (packages/runtime/src/wait.ts): on an adapter that computes on the CPU each turn of
 * the event loop sleeps 0.05 ms, or Dawn's polling takes a core from the threads that compute.
 */
export async function waitPolitely<T>(promise: Promise<T>, software: boolean): Promise<T> {
  let pending = software;
  const turn = (): void => {
    if (!pending) return;
    setImmediate(() => {
      Atomics.wait(cell, 0, 0, 0.05);
      turn();
    });
  };
  turn();
  try {
    return await promise;
  } finally {
    pending = false;
  }
}
