import { chmodSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { keepCompiledShaders } from "../src/cli/compiled-shaders.ts";
import { temporaryFolder } from "./folder.ts";

const folder = await temporaryFolder();
const nowhere = "/dev/null/nowhere";

it.runIf(process.platform === "linux")("leaves Mesa its own folder, and else gives it the first that will do", () => {
  const home = { XDG_CACHE_HOME: join(folder, "home") };
  const first = join(folder, "first");
  expect(keepCompiledShaders(home, [first])).toBeNull();
  expect(home).not.toHaveProperty("MESA_SHADER_CACHE_DIR");
  expect(existsSync(first)).toBe(false);

  const none: NodeJS.ProcessEnv = { XDG_CACHE_HOME: nowhere };
  expect(keepCompiledShaders(none, [nowhere, first])).toBeNull();
  expect(none["MESA_SHADER_CACHE_DIR"]).toBe(first);
  // A command that opens a second device finds it in order.
  expect(keepCompiledShaders(none, [nowhere])).toBeNull();

  expect(keepCompiledShaders({ MESA_SHADER_CACHE_DIR: nowhere }, [nowhere])).toMatch(/FLEDGE_CACHE/);
  expect(keepCompiledShaders({ XDG_CACHE_HOME: nowhere, MESA_SHADER_CACHE_DISABLE: "true" }, [])).toBeNull();
});

it.runIf(process.platform === "linux")("takes no folder that others could have put compiled code into", () => {
  const open = join(folder, "open");
  mkdirSync(open);
  chmodSync(open, 0o777);
  const link = join(folder, "link");
  symlinkSync(join(folder, "home"), link);
  expect(keepCompiledShaders({ XDG_CACHE_HOME: nowhere }, [open, link])).toMatch(
    /^compiled shaders can be kept nowhere/,
  );
});
