// `npm run notices` holds THIRD_PARTY_NOTICES.md to the lockfile; with `-- --write` it writes the file anew.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { flagsOf, runCommand } from "@fledge/bench/command-line";
import { format, resolveConfig } from "prettier";
import { workspaceRoot } from "../bootstrap/shell.mjs";
import { noticesText } from "./notices/notices-text.ts";
import { usedPackages, type Lockfile } from "./notices/used-packages.ts";

const usage = `npm run notices [-- --write]
  holds THIRD_PARTY_NOTICES.md to package-lock.json
  --write   write it anew`;

await runCommand(usage, async (args) => {
  const { write } = flagsOf(args, { write: { type: "boolean" } });
  const file = join(workspaceRoot, "THIRD_PARTY_NOTICES.md");
  const lockfile = JSON.parse(readFileSync(join(workspaceRoot, "package-lock.json"), "utf8")) as Lockfile;
  const text = await format(noticesText(usedPackages(lockfile, ["packages/orchestrator", "packages/lab"])), {
    ...(await resolveConfig(file)),
    filepath: file,
  });
  if (write) return writeFileSync(file, text);
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  console.error(
    "THIRD_PARTY_NOTICES.md is not what package-lock.json gives: npm run notices -- --write writes it anew",
  );
  process.exitCode = 1;
});
