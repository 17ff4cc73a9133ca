// Asks Dawn for an adapter and a device, and prints the adapter as JSON, `null` where there is none.
// A process of its own, because a broken driver can crash the process that loads it. Exit code 2: the environment names
// no driver that there is.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { workspaceRoot } from "./shell.mjs";

// The runtime's own choice of a driver; Node 20 cannot load its TypeScript without tsx, which need keep nothing of it.
process.env["TSX_DISABLE_CACHE"] = "1";
// @ts-expect-error It has no types.
await import("tsx");
const { chooseDriver } = await import("@fledge/runtime/src/adapter/driver-choice.ts");
const problem = chooseDriver();
if (problem !== null) {
  console.error(problem);
  process.exit(2);
}

// `webgpu` belongs to the runtime package; it is resolved from there.
const requireFromRuntime = createRequire(join(workspaceRoot, "packages", "runtime", "package.json"));
const { create } = await import(pathToFileURL(requireFromRuntime.resolve("webgpu")).href);

// At module level: Dawn aborts the process when the instance is collected while it is in use.
const gpu = create([]);

const adapter = await gpu.requestAdapter();
const device = await adapter?.requestDevice();
device?.destroy();
const found = adapter && {
  description: adapter.info.description || adapter.info.device,
  isSoftware: adapter.info.isFallbackAdapter,
};
process.stdout.write(JSON.stringify(found ?? null), () => process.exit(0));
