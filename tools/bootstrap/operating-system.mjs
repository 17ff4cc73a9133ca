import { existsSync, readFileSync } from "node:fs";

/** @typedef {{ platform: NodeJS.Platform, id: string, idLike: string[], codename: string }} OperatingSystem */

/**
 * Reads `/etc/os-release` (freedesktop's os-release(5)).
 * @param {NodeJS.Platform} platform
 * @param {string} text
 * @returns {OperatingSystem}
 */
export function parseOsRelease(platform, text) {
  const lines = text.split("\n").map((line) => /^(\w+)=(["']?)(.*)\2\s*$/.exec(line.trim()));
  const values = Object.fromEntries(lines.flatMap((match) => (match ? [[match[1], match[3]]] : [])));
  return {
    platform,
    id: values["ID"] ?? "",
    idLike: (values["ID_LIKE"] ?? "").split(/\s+/).filter(Boolean),
    codename: values["VERSION_CODENAME"] ?? "",
  };
}

/** @returns {OperatingSystem} */
export function readOperatingSystem() {
  const path = "/etc/os-release";
  return parseOsRelease(process.platform, existsSync(path) ? readFileSync(path, "utf8") : "");
}

/**
 * @param {OperatingSystem} system
 * @param {readonly string[]} ids
 */
const isFamily = ({ id, idLike }, ids) => [id, ...idLike].some((name) => ids.includes(name));

/** @param {OperatingSystem} system */
export const usesApt = (system) => isFamily(system, ["debian", "ubuntu"]);

/**
 * The suite with a better Mesa than the release's own: Dawn refuses lavapipe of Mesa 22.3 (bookworm), and from 25.1 on
 * lavapipe is faster than 25.0 (trixie) with the rungs that are made for it.
 * @param {OperatingSystem} system
 * @returns {string | null}
 */
export const backportsSuite = ({ id, codename }) =>
  id === "debian" && ["bookworm", "trixie"].includes(codename) ? `${codename}-backports` : null;

/** Whether Dawn also accepts the Mesa that the release has without backports. @param {OperatingSystem} system */
export const ownMesaWillDo = ({ codename }) => codename !== "bookworm";

/**
 * @param {OperatingSystem} system
 * @returns {string} what to type, or what to look at
 */
function mend(system) {
  if (system.platform === "darwin")
    return "macOS brings Metal, nothing needs installing: run this in a session that may use the GPU.";
  if (system.platform === "win32")
    return "Windows brings Direct3D 12, nothing needs installing: update the graphics driver.";
  const suite = backportsSuite(system);
  if (suite !== null) {
    return (
      `Add the suite ${suite} to apt's sources (https://backports.debian.org/Instructions), then, as root:\n` +
      `  apt-get update && apt-get install -y -t ${suite} mesa-vulkan-drivers libvulkan1`
    );
  }
  if (usesApt(system)) return "As root:\n  apt-get update && apt-get install -y mesa-vulkan-drivers libvulkan1";
  if (isFamily(system, ["fedora", "rhel"])) return "As root:\n  dnf install -y mesa-vulkan-drivers vulkan-loader";
  if (isFamily(system, ["arch"])) return "As root:\n  pacman -S --needed vulkan-swrast vulkan-icd-loader";
  if (isFamily(system, ["opensuse", "suse"])) return "As root:\n  zypper install libvulkan_lvp libvulkan1";
  return "Install a Vulkan loader (libvulkan.so.1) and a driver: the GPU vendor's, or Mesa's lavapipe (newer than 22.3).";
}

/**
 * The error for a machine without an adapter.
 * @param {OperatingSystem} system
 * @param {string} details what Dawn said
 * @returns {string}
 */
export function driverAdvice(system, details) {
  const said = details === "" ? "" : `\n\nDawn said:\n${details}`;
  return `Fledge needs a GPU adapter, and a software one will do. ${mend(system)}\nThen run the command again.${said}`;
}

/**
 * What to do for a newer lavapipe where the bootstrap has none for this system.
 * @param {OperatingSystem} system
 * @param {string} adapter what runs now, in words
 * @returns {string}
 */
export const newerDriverAdvice = (system, adapter) =>
  "--newer-driver has packages for Debian 12 (bookworm) on x86-64 only. Elsewhere the system's own Mesa is used, and " +
  `from 25.1 on it is such a driver; this machine runs ${adapter}. ${mend(system)}`;
