import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Where the Vulkan loader looks for drivers on Linux (LoaderInterfaceArchitecture.md of Vulkan-Loader). */
const manifestFolders = ["/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d", "/usr/share/vulkan/icd.d"];

const steps: Readonly<Record<string, readonly string[]>> = {
  linux: [
    "a software adapter: node tools/bootstrap.mjs installs Mesa's lavapipe on Debian and Ubuntu, as root, and says elsewhere what to install",
    "by hand, as root: apt-get install mesa-vulkan-drivers libvulkan1; dnf install mesa-vulkan-drivers vulkan-loader; pacman -S vulkan-swrast vulkan-icd-loader",
    "a GPU: its vendor's Vulkan driver; vulkaninfo --summary must list it",
    "in a container: let the GPU in (--gpus all with NVIDIA_DRIVER_CAPABILITIES=all, or --device /dev/dri)",
  ],
  darwin: ["macOS brings Metal: run this in a session that may use the GPU"],
  win32: ["Windows brings Direct3D 12: update the graphics driver"],
};

/** What the Vulkan loader finds here, and the steps to an adapter, where there is none. */
export function driverLines(): string[] {
  const set = [
    "FLEDGE_DRIVER",
    "VK_DRIVER_FILES",
    "VK_ICD_FILENAMES",
    "VK_ADD_DRIVER_FILES",
    "VK_LOADER_DRIVERS_DISABLE",
  ].filter((name) => process.env[name]);
  const drivers = manifestFolders.filter(existsSync).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(folder, name)),
  );
  const devices = existsSync("/dev/dri") ? readdirSync("/dev/dri").map((name) => join("/dev/dri", name)) : [];
  const loader =
    process.platform === "linux"
      ? [
          `drivers       ${drivers.join(" ") || "none registered with Vulkan"}`,
          `devices       ${[...devices, ...["/dev/nvidia0", "/dev/dxg"].filter(existsSync)].join(" ") || "no GPU visible"}`,
        ]
      : [];
  return [
    ...loader,
    ...set.map((name) => `environment   ${name}=${process.env[name]}: unset it if these are not the drivers you want`),
    ...(steps[process.platform] ?? steps["linux"]!).map((step, index) => `step ${index + 1}        ${step}`),
  ];
}
