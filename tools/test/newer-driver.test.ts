import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newerDriver } from "@fledge/runtime/src/adapter/driver-choice.ts";
import { expect, it, onTestFinished, vi } from "vitest";
import { installNewerDriver, installOrFallBack, isWhole, suitsNewerDriver } from "../bootstrap/newer-driver.mjs";
import { manifestName, newerDriverFolder } from "../bootstrap/newer-folder.mjs";
import { newerVersion, packages } from "../bootstrap/newer-packages.mjs";
import { parseOsRelease } from "../bootstrap/operating-system.mjs";

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "fledge-newer-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function quiet(): { readonly said: () => string } {
  const spies = (["log", "warn"] as const).map((name) => vi.spyOn(console, name).mockImplementation(() => {}));
  onTestFinished(() => spies.forEach((spy) => spy.mockRestore()));
  return { said: () => spies.flatMap(({ mock }) => mock.calls.flat()).join("\n") };
}

const mirror = "http://mirror.example/debian/";

it("lies where the runtime looks for it", () => expect(join(newerDriverFolder, manifestName)).toBe(newerDriver));

it("names each package by its whole hash, and Mesa's by the version that the driver tells", () => {
  for (const { path, sha256 } of packages) {
    expect(path).toMatch(/^pool\/main\/\S+_amd64\.deb$/);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  }
  expect(packages[0]!.path).toContain(`mesa-vulkan-drivers_${newerVersion}_`);
});

it.each([
  ["gone from the mirror", () => false],
  ["another file than was pinned", (_uri: string, file: string) => (writeFileSync(file, "another"), true)],
])("leaves everything as it was where a package is %s", (_, download) => {
  quiet();
  const folder = join(emptyFolder(), "driver");
  const asked: string[] = [];
  const check = vi.fn<() => void>();
  const record = (uri: string, file: string): boolean => (asked.push(uri), download(uri, file));
  expect(() => installNewerDriver({ folder, mirror, download: record, check })).toThrow(
    /mesa-vulkan-drivers_\S+ as it was when this version of Fledge was made/,
  );
  expect(asked).toEqual([`http://mirror.example/debian/${packages[0]!.path}`]);
  expect(readdirSync(join(folder, ".."))).toEqual([]);
  expect(check).not.toHaveBeenCalled();
});

it("says where apt knows no mirror", () => {
  const folder = join(emptyFolder(), "driver");
  expect(() => installNewerDriver({ folder, mirror: null, download: () => true })).toThrow(/no mirror of bookworm/);
});

it("takes a folder for whole only while each file is as it was installed, of the version that is pinned", () => {
  const folder = emptyFolder();
  expect(isWhole(folder)).toBe(false);
  writeFileSync(join(folder, "lib"), "text");
  const sum = createHash("sha256").update("text").digest("hex");
  const note = (version: string): void =>
    writeFileSync(join(folder, "sha256.json"), JSON.stringify({ version, files: { lib: sum } }));
  note(newerVersion);
  expect(isWhole(folder)).toBe(true);
  note("26.1.5-1");
  expect(isWhole(folder)).toBe(false);
  note(newerVersion);
  writeFileSync(join(folder, "lib"), "texts");
  expect(isWhole(folder)).toBe(false);
});

it("is downloaded once", () => {
  const { said } = quiet();
  const folder = emptyFolder();
  writeFileSync(join(folder, "sha256.json"), JSON.stringify({ version: newerVersion, files: {} }));
  const download = vi.fn<() => boolean>();
  installNewerDriver({ folder, mirror, download, check: () => expect.unreachable() });
  expect(download).not.toHaveBeenCalled();
  expect(said()).toContain("is there already");
});

const debian = (codename: string) => parseOsRelease("linux", `ID=debian\nVERSION_CODENAME=${codename}\n`);

it("is made for bookworm on x86-64, and elsewhere says what to install", () => {
  expect(suitsNewerDriver(debian("bookworm"), "x64")).toBe(true);
  expect(suitsNewerDriver(debian("bookworm"), "arm64")).toBe(false);
  expect(suitsNewerDriver(debian("trixie"), "x64")).toBe(false);
  expect(() => installOrFallBack("an adapter", debian("trixie"))).toThrow(
    /this machine runs an adapter.*trixie-backports mesa-vulkan-drivers/s,
  );
});
