/**
 * A Debian package at its place on every mirror, and the library in it that is wanted.
 * @typedef {{ path: string, sha256: string, library: string, as: string }} PinnedPackage `as`: its name in our folder
 */

const libraries = "usr/lib/x86_64-linux-gnu";

/** Mesa's version in `packages`, as the driver tells it. */
export const newerVersion = "26.1.6-1~bpo13+1";

/**
 * Mesa's lavapipe of Debian 13's backports, and what it needs of bookworm beside what bookworm's own Mesa needs.
 * Mirrors drop a package when the suite gets a newer one: renew all four together, and run the golden cases.
 * @type {readonly PinnedPackage[]}
 */
export const packages = [
  {
    path: `pool/main/m/mesa/mesa-vulkan-drivers_${newerVersion}_amd64.deb`,
    sha256: "e2d4a843b8c55ed17c1e8856805f67b553b013b6ce5f15faeec4db7d4d38ff90",
    library: `${libraries}/libvulkan_lvp.so`,
    as: "libvulkan_lvp.so",
  },
  {
    path: "pool/main/l/llvm-toolchain-19/libllvm19_19.1.7-3~deb12u1_amd64.deb",
    sha256: "6edf3a8b28495cdba883d9760e0dca1a81983fc497a5f989dc64d0d96d23b4aa",
    library: `${libraries}/libLLVM.so.19.1`,
    as: "libLLVM.so.19.1",
  },
  {
    path: "pool/main/z/z3/libz3-4_4.8.12-3.1_amd64.deb",
    sha256: "6221ca25ad5abcfbe1965801029d85a88b4775320384b4b716de8fab7a4d2f7a",
    library: `${libraries}/libz3.so.4`,
    as: "libz3.so.4",
  },
  {
    path: "pool/main/libd/libdisplay-info/libdisplay-info2_0.2.0-2~bpo12+1_amd64.deb",
    sha256: "8337282f1d3c8414ccd2fffc3176306d9b22772324f213683da43e153d8d8822",
    library: `${libraries}/libdisplay-info.so.0.2.0`,
    as: "libdisplay-info.so.2",
  },
];
