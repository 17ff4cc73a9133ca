import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readCaseFile } from "@fledge/golden-cases";

const root = join(import.meta.dirname, "../../../test/conformance/cases");

/** Folders of this repository's golden cases, in name order; with `op` only the cases of that op. */
export const listCases = (op?: string): string[] =>
  readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(root, entry.name))
    .sort()
    .filter((directory) => op === undefined || readCaseFile(directory).op === op);
