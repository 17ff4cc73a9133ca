// `npm run lab` serves the kernel lab from its sources, `npm run lab:build` writes it as static files.
import { parseArgs } from "node:util";
import { build, createServer } from "vite";
import { builtPage, labConfig } from "./config.ts";

const usage = `npm run lab -- [--port PORT] [--no-open]
  serves the kernel lab on 127.0.0.1, from its sources, and opens it
npm run lab:build -- [--out FOLDER]
  writes it as static files, by default to dist/lab`;

const help = { type: "boolean", short: "h" } as const;

async function writeFiles(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { out: { type: "string" }, help } });
  if (values.help) return console.log(usage);
  const outDir = values.out ?? builtPage;
  if (outDir === "") throw new Error("--out: give a folder");
  const config = await labConfig();
  await build({ ...config, logLevel: "warn", build: { ...config.build, outDir } });
  console.log(
    `The kernel lab is in ${outDir}. Serve the folder over https, or on 127.0.0.1: else browsers hide WebGPU.`,
  );
}

async function serve(args: readonly string[]): Promise<void> {
  const options = { port: { type: "string" }, "no-open": { type: "boolean" }, help } as const;
  const { values } = parseArgs({ args, options });
  if (values.help) return console.log(usage);
  const port = Number(values.port ?? 5180);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new Error(`--port ${values.port}: give a port from 1 to 65535`);
  const config = await labConfig();
  const server = await createServer({ ...config, server: { ...config.server, port, open: !values["no-open"] } });
  await server.listen();
  console.log(`The kernel lab is at ${server.resolvedUrls?.local[0] ?? `http://127.0.0.1:${port}/`}. Ctrl-C ends it.`);
}

try {
  const [command = "", ...args] = process.argv.slice(2);
  if (command === "build") await writeFiles(args);
  else if (command === "serve") await serve(args);
  else if (["--help", "-h"].includes(command)) console.log(usage);
  else throw new Error(`"${command}": it is serve or build, which npm run lab and npm run lab:build give`);
} catch (error) {
  console.error(`${(error as Error).message}\n(--help says what there is)`);
  process.exitCode = 1;
}
