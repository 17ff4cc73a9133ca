import { serialise, type CaseResult, type LadderResult } from "@fledge/bench/browser";
import type { AdapterDescription } from "@fledge/runtime";
import { saveText, slug } from "./save-text.ts";

/** The commit that the page was built from, or null outside of a git checkout. */
declare const FLEDGE_COMMIT: string | null;

/** `Chrome 156`, or what the browser calls itself. */
function browserName(): string {
  const { userAgentData, userAgent } = navigator as Navigator & {
    readonly userAgentData?: { readonly brands: readonly { readonly brand: string; readonly version: string }[] };
  };
  const brand = userAgentData?.brands.find(
    ({ brand: name }) => !/not.?a.?brand|^chromium$/i.test(name.replaceAll(/\W/g, " ")),
  );
  const known = brand ?? userAgentData?.brands.find(({ brand: name }) => name === "Chromium");
  return known ? `${known.brand} ${known.version}` : userAgent;
}

/** Numbers as a benchmark of Node's keeps them: `npm run ladders` takes them from `kernels/<project>/results/`. */
export const ladderResult = (
  { name, driver, software }: AdapterDescription,
  mode: "quick" | "full",
  cases: readonly CaseResult[],
): LadderResult => ({
  adapter: { name, driver, software },
  environment: {
    node: null,
    browser: browserName(),
    cpu: "a CPU that the browser does not name",
    cores: navigator.hardwareConcurrency,
    commit: FLEDGE_COMMIT,
  },
  mode,
  date: new Date().toISOString().slice(0, 10),
  cases,
});

/** Lets the visitor save a ladder's numbers. */
export const keepAsFile = (ladder: string, result: LadderResult): void =>
  saveText(`${ladder}-${slug(result.adapter.name)}.json`, serialise({ [ladder]: result }));

/** A ladder's numbers in the text of a file. @throws naming the file, where it holds none */
export async function readLadder(file: string, text: string, ladder: string): Promise<LadderResult> {
  const { ladderSchema } = await import("./ladder-schema.ts");
  let results: unknown;
  try {
    results = JSON.parse(text);
  } catch {
    throw new Error(`${file} is no JSON file: take one that "Keep as JSON" or "npx fledge bench" wrote`);
  }
  const found = typeof results === "object" && results !== null ? Reflect.get(results, ladder) : undefined;
  if (found === undefined) {
    const titles = Object.keys((results ?? {}) as object).join(", ");
    throw new Error(`${file} holds no numbers of ${ladder}${titles === "" ? "" : `, but of ${titles}`}`);
  }
  const parsed = ladderSchema.safeParse(found);
  if (!parsed.success)
    throw new Error(`${file}: the numbers of ${ladder} are damaged: ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}
