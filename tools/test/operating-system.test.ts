import { describe, expect, it } from "vitest";
import { describeAdapter } from "../bootstrap/adapter.mjs";
import {
  backportsSuite,
  driverAdvice,
  ownMesaWillDo,
  parseOsRelease,
  usesApt,
} from "../bootstrap/operating-system.mjs";

const linux = (text: string) => parseOsRelease("linux", text);
const bookworm = linux(
  'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n',
);
const trixie = linux("ID=debian\nVERSION_CODENAME=trixie\n");
const ubuntu = linux("ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n");
const mint = linux('ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_CODENAME=xia\n');
const fedora = linux("ID=fedora\nVERSION_ID=42\n");

describe("an operating system", () => {
  it("is read from os-release, quotes or not", () => {
    expect(mint).toEqual({ platform: "linux", id: "linuxmint", idLike: ["ubuntu", "debian"], codename: "xia" });
    expect(linux("")).toEqual({ platform: "linux", id: "", idLike: [], codename: "" });
  });

  it("uses apt if it descends from Debian, and backports where they bring a better Mesa", () => {
    expect([bookworm, trixie].map(backportsSuite)).toEqual(["bookworm-backports", "trixie-backports"]);
    expect([bookworm, trixie].map(ownMesaWillDo)).toEqual([false, true]);
    expect([bookworm, ubuntu, mint, fedora].map(usesApt)).toEqual([true, true, true, false]);
    expect([bookworm, ubuntu, mint, fedora].map(backportsSuite)).toEqual(["bookworm-backports", null, null, null]);
  });

  it.each([
    [bookworm, "apt-get install -y -t bookworm-backports mesa-vulkan-drivers libvulkan1"],
    [ubuntu, "apt-get install -y mesa-vulkan-drivers libvulkan1"],
    [fedora, "dnf install -y mesa-vulkan-drivers vulkan-loader"],
    [linux('ID=rocky\nID_LIKE="rhel centos fedora"\n'), "dnf install"],
    [linux("ID=manjaro\nID_LIKE=arch\n"), "pacman -S --needed vulkan-swrast"],
    [linux('ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n'), "zypper install libvulkan_lvp"],
    [linux("ID=nixos\n"), "libvulkan.so.1"],
    [parseOsRelease("darwin", ""), "Metal"],
    [parseOsRelease("win32", ""), "Direct3D 12"],
  ])("is told exactly what to install: %j", (system, advice) => {
    expect(driverAdvice(system, "no driver")).toContain(advice);
    expect(driverAdvice(system, "no driver")).toMatch(/Dawn said:\nno driver$/);
  });
});

describe("describeAdapter", () => {
  it("says when the adapter is the CPU", () => {
    expect(describeAdapter({ description: "llvmpipe", isSoftware: true })).toBe("llvmpipe (software, on the CPU)");
    expect(describeAdapter({ description: "Some GPU", isSoftware: false })).toBe("Some GPU");
  });
});
