import { join } from "node:path";
import { workspaceRoot } from "./shell.mjs";

/** What is in it is used, see `packages/runtime/src/adapter/driver-choice.ts`; without it, the system's driver. */
export const newerDriverFolder = join(workspaceRoot, ".cache", "newer-driver");

/** Vulkan's manifest of the driver in it; the loader takes the library's path from the manifest's own folder. */
export const manifestName = "fledge_newer_driver.json";
