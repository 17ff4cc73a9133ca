// `npm run notices` holds THIRD_PARTY_NOTICES.md to the lockfile; with `-- --write` it writes the file anew.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { format, resolveConfig } from "prettier";
import { workspaceRoot } from "../bootstrap/shell.mjs";
import { noticesText } from "./notices/notices-text.ts";
import { usedPackages, type Lockfile } from "./notices/used-packages.ts";

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
const file = join(workspaceRoot, "THIRD_PARTY_NOTICES.md");
const lockfile = JSON.parse(readFileSync(join(workspaceRoot, "package-lock.json"), "utf8")) as Lockfile;
const text = await format(noticesText(usedPackages(lockfile, ["packages/orchestrator", "packages/lab"])), {
  ...(await resolveConfig(file)),
  filepath: file,
});

if (values.write) writeFileSync(file, text);
else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
  console.error(
    "THIRD_PARTY_NOTICES.md is not what package-lock.json gives: npm run notices -- --write writes it anew",
  );
  process.exitCode = 1;
}
