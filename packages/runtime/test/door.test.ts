import { create } from "webgpu";
import { afterEach, describe, expect, it, vi } from "vitest";
import { findAdapter } from "../src/adapter/find.ts";
import { door as browser, provideText } from "../src/door/browser.ts";
import { door as node } from "../src/door/node.ts";

afterEach(() => void vi.unstubAllGlobals());

describe("the browser's door", () => {
  it("gives the texts that the page brought, and no others", () => {
    const url = new URL("file:///kernels/relu/src/01-naive.wgsl");
    provideText(url, "const WG = 64u;");
    expect(browser.readText(new URL("./01-naive.wgsl", "file:///kernels/relu/src/ladder.ts"))).toBe("const WG = 64u;");
    expect(() => browser.readText(new URL("file:///kernels/relu/src/02-vec4.wgsl"))).toThrow("built without it");
  });

  it.each(["", "out[i] = x[i];", "µs und ½ 🐦"])("digests %j as Node's does", (text) => {
    expect(browser.sha256(text)).toBe(node.sha256(text));
  });

  it("lets the event loop turn", async () => {
    const order: string[] = [];
    void Promise.resolve().then(() => order.push("microtask"));
    await browser.turn();
    expect(order).toEqual(["microtask"]);
  });

  it("finds the page's adapters by what they are wished for", async () => {
    const gpu = create([]);
    vi.stubGlobal("navigator", { gpu });
    expect(await browser.adapters.names()).toContain("high-performance");
    expect((await findAdapter({}, browser.adapters)).description.name).not.toBe("");
    const asked = vi.fn<GPU["requestAdapter"]>(() => Promise.resolve(null));
    vi.stubGlobal("navigator", { gpu: { requestAdapter: asked } });
    expect(await browser.adapters.named("fallback")).toBeNull();
    expect(asked).toHaveBeenCalledWith(expect.objectContaining({ forceFallbackAdapter: true }));
  });

  it("says what helps where the browser has no WebGPU, or hides it", async () => {
    vi.stubGlobal("navigator", {});
    expect(await browser.adapters.favourite(undefined)).toBeNull();
    expect(await browser.adapters.names()).toEqual([]);
    expect(browser.noAdapterMend).toContain("127.0.0.1");
  });
});
