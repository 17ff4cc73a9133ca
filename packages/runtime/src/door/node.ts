import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dawn } from "../adapter/instance.ts";
import { CooperativeWait } from "../wait.ts";
import type { Door } from "./door.ts";

/** Node's: Dawn's bindings, the file system. */
export const door: Door = {
  adapters: dawn,
  noAdapterMend:
    "Run `node tools/bootstrap.mjs`, which installs Mesa's software Vulkan driver on Debian and Ubuntu; elsewhere " +
    "install your GPU's Vulkan driver or Mesa's `lavapipe`; `npx fledge doctor` says what this machine lacks.",
  readText: (url) => readFileSync(fileURLToPath(url), "utf8"),
  sha256: (text) => createHash("sha256").update(text).digest("hex"),
  turn: () => new Promise((resolve) => setImmediate(resolve)),
  waiting: (software) => new CooperativeWait(software),
};
