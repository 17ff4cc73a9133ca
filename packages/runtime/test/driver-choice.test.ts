import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { chooseDriver } from "../src/adapter/driver-choice.ts";

function installed(): string {
  const folder = mkdtempSync(join(tmpdir(), "fledge-driver-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const manifest = join(folder, "fledge_newer_driver.json");
  writeFileSync(manifest, "{}");
  return manifest;
}

const absent = join(tmpdir(), "no-such-folder", "fledge_newer_driver.json");

/** The environment afterwards and what was wrong. */
function choice(given: NodeJS.ProcessEnv, manifest: string, wide = false): [NodeJS.ProcessEnv, string | null] {
  const env = { ...given };
  const problem = chooseDriver(env, manifest, wide);
  return [env, problem];
}

it("adds the newer driver where it is installed, and hides no other than lavapipe", () => {
  const manifest = installed();
  const added = { VK_ADD_DRIVER_FILES: manifest, VK_LOADER_DRIVERS_DISABLE: "lvp_icd*" };
  expect(choice({}, manifest)).toEqual([added, null]);
  expect(choice({ FLEDGE_DRIVER: "newer" }, manifest)).toEqual([{ FLEDGE_DRIVER: "newer", ...added }, null]);
  expect(choice(added, manifest)).toEqual([added, null]); // In a process that such a one has started.
});

it("keeps drivers that were added or hidden before", () => {
  const manifest = installed();
  expect(choice({ VK_ADD_DRIVER_FILES: "/a.json:/b.json", VK_LOADER_DRIVERS_DISABLE: "intel*" }, manifest)[0]).toEqual({
    VK_ADD_DRIVER_FILES: `${manifest}:/a.json:/b.json`,
    VK_LOADER_DRIVERS_DISABLE: "lvp_icd*,intel*",
  });
});

it("computes in 16 lanes where the processor has them, with compiled shaders in a folder of their own", () => {
  const manifest = installed();
  const folder = join(manifest, "..", "compiled");
  const [env] = choice({ MESA_SHADER_CACHE_DIR: folder }, manifest, true);
  expect(env).toMatchObject({ LP_NATIVE_VECTOR_WIDTH: "512", MESA_SHADER_CACHE_DIR: join(folder, "lavapipe-512") });
  expect(readdirSync(folder)).toEqual(["lavapipe-512"]);
  expect(choice(env, manifest, true)[0]).toEqual(env); // In a process that such a one has started.
  const narrow = { LP_NATIVE_VECTOR_WIDTH: "256", MESA_SHADER_CACHE_DIR: folder };
  expect(choice(narrow, manifest, true)[0]).toMatchObject(narrow);
  expect(choice({ FLEDGE_DRIVER: "system" }, manifest, true)[0]).toEqual({ FLEDGE_DRIVER: "system" });
});

it.each<[string, NodeJS.ProcessEnv]>([
  ["FLEDGE_DRIVER=system", { FLEDGE_DRIVER: "system" }],
  ["the loader's own variable", { VK_DRIVER_FILES: "/x.json" }],
  ["its older name", { VK_ICD_FILENAMES: "/x.json", FLEDGE_DRIVER: "" }],
])("leaves all as it is with %s", (_, env) => expect(choice(env, installed())).toEqual([env, null]));

it("leaves all as it is where none is installed", () => expect(choice({}, absent)).toEqual([{}, null]));

it("says what is wrong with the variables", () => {
  expect(choice({ FLEDGE_DRIVER: "new" }, absent)[1]).toMatch(/^FLEDGE_DRIVER=new: give newer or system/);
  expect(choice({ FLEDGE_DRIVER: "newer" }, absent)[1]).toMatch(
    /is not there; node tools\/bootstrap\.mjs --newer-driver/,
  );
  expect(choice({ FLEDGE_DRIVER: "newer", VK_DRIVER_FILES: "/x.json" }, installed())[1]).toMatch(
    /VK_DRIVER_FILES=\/x\.json name two drivers: unset one/,
  );
});
