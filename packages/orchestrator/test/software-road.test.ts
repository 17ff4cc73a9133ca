import { join } from "node:path";
import { writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { roadLines } from "../src/cli/software-road.ts";
import { temporaryFolder } from "./folder.ts";

const folder = await temporaryFolder();
const absent = join(folder, "absent.json");
const installed = join(folder, "installed.json");
await writeFile(installed, "{}");

const older = { softwareRoad: "lanes", driver: "llvmpipe: Mesa 25.0.7 (LLVM 15.0.6)" } as const;
const newer = { softwareRoad: "uniform", driver: "llvmpipe: Mesa 26.1.6 (LLVM 19.1.7)" } as const;
const text = (...args: Parameters<typeof roadLines>): string => roadLines(...args).join("\n");

it("says nothing of a GPU", () => expect(roadLines({ softwareRoad: undefined, driver: "NVIDIA 570" })).toEqual([]));

it("says what a newer llvmpipe gains, and how to get it or why it does not run", () => {
  expect(text(older, {}, absent)).toMatch(
    /the system's\n.*lanes: .*\n.*training step of ResNet-50.*tools\/bootstrap\.mjs --newer-driver/,
  );
  expect(text(older, {}, installed)).toMatch(/it is installed in this checkout, and FLEDGE_DRIVER or VK_DRIVER_FILES/);
  expect(text({ ...older, driver: "SwiftShader driver" }, {}, absent)).not.toMatch(/newer driver/);
});

it("says of a newer one whose it is, and urges nothing", () => {
  const lines = (env: NodeJS.ProcessEnv): string => text(newer, env, installed);
  expect(lines({})).toMatch(/the system's\n.*uniform: /);
  expect(lines({ VK_ADD_DRIVER_FILES: `${installed}:/b.json` })).toContain(`this checkout's, ${installed}`);
  expect(lines({ VK_DRIVER_FILES: "/x.json", VK_ADD_DRIVER_FILES: installed })).toContain("VK_DRIVER_FILES=/x.json");
  expect(lines({})).not.toContain("--newer-driver");
});

it("tells a newer one's 8 lanes how to be 16, where the processor has them", () => {
  const lines = (env: NodeJS.ProcessEnv, wide: boolean): string => text(newer, env, absent, wide);
  expect(lines({}, true)).toMatch(/LP_NATIVE_VECTOR_WIDTH=512 .* MESA_SHADER_CACHE_DIR/);
  expect(lines({}, false)).not.toContain("LP_NATIVE_VECTOR_WIDTH");
  expect(lines({ LP_NATIVE_VECTOR_WIDTH: "512" }, true)).not.toContain("LP_NATIVE_VECTOR_WIDTH");
  expect(text(older, {}, absent, true)).not.toContain("LP_NATIVE_VECTOR_WIDTH");
});
