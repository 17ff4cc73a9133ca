// `npm run lab` serves the kernel lab from its sources, `npm run lab:build` writes it as static files.
import { parseArgs } from "node:util";
import { build, createServer } from "vite";
import { builtPage, labConfig } from "./config.ts";

const usage = `npm run lab -- [--port PORT] [--no-open]
  serves the kernel lab on 127.0.0.1, from its sources, and opens it
npm run lab:build -- [--out FOLDER]
  writes it as static files, by default to dist/lab`;

const options = {
  port: { type: "string" },
  "no-open": { type: "boolean" },
  out: { type: "string" },
  help: { type: "boolean" },
} as const;

async function main([command, ...args]: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args, options, strict: true });
  if (values.help) return console.log(usage);
  const config = await labConfig();
  if (command === "build") {
    const outDir = values.out ?? builtPage;
    await build({ ...config, logLevel: "warn", build: { ...config.build, outDir } });
    console.log(
      `The kernel lab is in ${outDir}. Serve the folder over https, or on 127.0.0.1: else browsers hide WebGPU.`,
    );
    return;
  }
  const port = Number(values.port ?? 5180);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new Error(`--port ${values.port}: give a port from 1 to 65535`);
  const server = await createServer({ ...config, server: { ...config.server, port, open: !values["no-open"] } });
  await server.listen();
  console.log(`The kernel lab is at ${server.resolvedUrls?.local[0] ?? `http://127.0.0.1:${port}/`}. Ctrl-C ends it.`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`${(error as Error).message}\n(--help says what there is)`);
  process.exitCode = 1;
}
