// `npm run gpu-pack`: what a bare Linux machine with nothing but a GPU's driver lacks to run this checkout, in `.gpu/`:
// Node, the packages that programs (not checks, tests and builds) import, and the Vulkan loader. At most 64 MiB.
// There, in the checkout's root:   . .gpu/unpack.sh && node --import tsx tools/src/gpu-suite/main.ts
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { workspaceRoot } from "./bootstrap/shell.mjs";
import { takesNoOptions } from "./ci/takes-no-options.mjs";

takesNoOptions(
  "npm run gpu-pack",
  "writes .gpu/, what a machine with nothing but a GPU's driver lacks to run npm run gpu-suite",
);

const out = join(workspaceRoot, ".gpu");
const mostBytes = 64 * 2 ** 20;

/** Debian's names of the loader, and of the libraries that NVIDIA's Vulkan driver opens on a machine without a screen. */
const systemPackages = "libvulkan1 libegl1 libglvnd0 libopengl0 libgl1 libglx0 libgles2".split(" ");

/** Files that only editors, debuggers and other systems read. */
const leftOut = ["*.map", "*.d.ts", "*.d.mts", "*.d.cts", "*/.cache", "node_modules/webgpu/dist/darwin*"].concat([
  "node_modules/webgpu/dist/win32*",
  "node_modules/webgpu/dist/linux-arm64*",
  ...["dist", "src", "ssr", "theme", "i18n"].map((part) => `node_modules/echarts/${part}`),
  ...["dist", "src"].map((part) => `node_modules/zrender/${part}`),
  "node_modules/zod/src",
]);

const unpack = `# Source this in the root of the checkout: it unpacks what lies beside it and sets PATH.
d=\${TMPDIR:-/tmp}/fledge-gpu
mkdir -p "$d/bin"
[ -x "$d/bin/node" ] || { xz -dc .gpu/node.xz >"$d/bin/node" && chmod +x "$d/bin/node"; }
[ -e node_modules ] || tar -xJf .gpu/node_modules.tar.xz
if ! ldconfig -p | grep -q 'libvulkan.so.1'; then
  for f in .gpu/debs/*.deb; do [ -e "$f" ] && dpkg -x "$f" /; done
  ldconfig
fi
if [ -z "\${VK_DRIVER_FILES:-}" ] && [ -e /usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json ]; then
  export VK_DRIVER_FILES=/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json
  export __EGL_VENDOR_LIBRARY_FILENAMES=/usr/local/nvidia/share/glvnd/egl_vendor.d/10_nvidia.json
fi
export PATH="$d/bin:$PWD/node_modules/.bin:$PATH" XDG_RUNTIME_DIR="\${XDG_RUNTIME_DIR:-/tmp}"
node --version
`;

/** @param {string} folder with a package.json, relative to the checkout */
const manifestOf = (folder) =>
  /** @type {{ name: string, dependencies?: Record<string, string>, optionalDependencies?: Record<string, string> }} */ (
    JSON.parse(readFileSync(join(workspaceRoot, folder, "package.json"), "utf8"))
  );

/** @param {string} folder */
const foldersIn = (folder) => readdirSync(join(workspaceRoot, folder)).map((name) => `${folder}/${name}`);

/** The folders below node_modules that the workspaces' programs import from, each with what it needs in turn. */
function neededFolders() {
  const own = [...foldersIn("packages"), ...foldersIn("kernels")].filter((folder) =>
    existsSync(join(workspaceRoot, folder, "package.json")),
  );
  const links = own.map((folder) => `node_modules/${manifestOf(folder).name}`);
  // The lab's libraries run in browsers, those of testing in tests; zod and diff are what the tools of the suite import.
  const programs = own.filter((folder) => folder !== "packages/lab" && folder !== "packages/testing");
  /** @type {Set<string>} */
  const needed = new Set();
  const waiting = [
    "zod",
    "tsx",
    "diff",
    ...programs.flatMap((folder) => Object.keys(manifestOf(folder).dependencies ?? {})),
  ];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const folder = `node_modules/${name}`;
    if (name.startsWith("@fledge/") || needed.has(folder) || !existsSync(join(workspaceRoot, folder))) continue;
    needed.add(folder);
    const { dependencies = {}, optionalDependencies = {} } = manifestOf(folder);
    waiting.push(...Object.keys(dependencies), ...Object.keys(optionalDependencies));
  }
  return [...needed, ...links.filter((link) => existsSync(join(workspaceRoot, link)))].sort();
}

/** @param {string} file */
function compressed(file) {
  execFileSync("xz", ["-T0", "-6", "--force", file]);
  return `${file}.xz`;
}

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "debs"), { recursive: true });
const node = join(out, "node");
copyFileSync(realpathSync(process.execPath), node);
chmodSync(node, 0o755);
spawnSync("strip", [node]);
compressed(node);

const packages = join(out, "node_modules.tar");
const patterns = leftOut.flatMap((pattern) => ["--exclude", pattern]);
execFileSync("tar", ["-cf", packages, ...patterns, ...neededFolders(), "node_modules/.package-lock.json"], {
  cwd: workspaceRoot,
});
compressed(packages);

const downloaded = spawnSync("apt-get", ["download", ...systemPackages], { cwd: join(out, "debs"), stdio: "ignore" });
if (downloaded.status !== 0)
  console.error("No Debian package could be fetched: the Vulkan loader must be on the other machine");
writeFileSync(join(out, "unpack.sh"), unpack);

const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
console.log(`.gpu holds ${(bytes / 2 ** 20).toFixed(1)} MiB; on the other machine: . .gpu/unpack.sh`);
if (bytes > mostBytes) {
  console.error(`That is more than ${mostBytes / 2 ** 20} MiB: leave more out in tools/gpu-pack.mjs`);
  process.exitCode = 1;
}
