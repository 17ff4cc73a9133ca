import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { AdapterSource } from "../adapter/source.ts";
import type { Door } from "./door.ts";

const sources = new Map<string, string>();

/**
 * Keeps the text of a file for `readText`. A page's bundler calls it ahead of each module beside which `.wgsl` files
 * lie, so that the module finds them as under Node.
 */
export const provideText = (url: URL, text: string): void => void sources.set(url.href, text);

/** A browser does not list its adapters, but gives one for each of these wishes. */
const wishes: Readonly<Record<string, GPURequestAdapterOptions>> = {
  "high-performance": { powerPreference: "high-performance" },
  "low-power": { powerPreference: "low-power" },
  fallback: { forceFallbackAdapter: true },
};

async function request(options: GPURequestAdapterOptions): Promise<GPUAdapter | null> {
  // Not there at all in browsers without WebGPU, and in a page that is not served from a secure origin.
  const { gpu } = (globalThis as unknown as { readonly navigator: { readonly gpu?: GPU } }).navigator;
  return (await gpu?.requestAdapter(options).catch(() => null)) ?? null;
}

/** The page's adapters, by what they were wished for. */
const adapters: AdapterSource = {
  favourite: (power) => request(power === undefined ? {} : { powerPreference: power }),
  names: async () => {
    const names: string[] = [];
    for (const [name, wish] of Object.entries(wishes)) if (await request(wish)) names.push(name);
    return names;
  },
  named: (name) => request(wishes[name] ?? {}),
};

/** A browser's: `navigator.gpu`, and the files that came with the page. */
export const door: Door = {
  adapters,
  noAdapterMend:
    "Take a browser with WebGPU (Chrome, Edge, Safari 26, Firefox on Windows and macOS) whose hardware acceleration is " +
    "on, and open the page from https or from 127.0.0.1: elsewhere browsers hide WebGPU. Chrome on Linux wants " +
    "chrome://flags/#enable-unsafe-webgpu and #enable-vulkan.",
  readText: (url) => {
    const text = sources.get(url.href);
    if (text === undefined) throw new Error("the page was built without it");
    return text;
  },
  sha256: (text) => bytesToHex(sha256(utf8ToBytes(text))),
  turn: () => new Promise((resolve) => setTimeout(resolve)),
  waiting: () => ({ track: (promise) => promise }), // A browser waits in a process of its own.
};
