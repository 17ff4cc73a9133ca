import { findResources, type Rung } from "@fledge/runtime";
import { numberOf } from "./find-ladders.ts";

/** The fields of a `.wgsl` file's header, in their order. */
const fields = [
  "Computes",
  "Layout",
  "GEMM",
  "Mapping",
  "Traffic",
  "Resources",
  "Change",
  "Expect",
  "Edges",
  "Needs",
] as const;
type Field = (typeof fields)[number];
/** What a kernel that is no matrix product leaves out. */
const optional: readonly Field[] = ["GEMM"];

interface Header {
  readonly title: string;
  /** Fields in the order of the file, their further lines joined on. */
  readonly said: readonly { readonly field: string; readonly text: string }[];
  /** Lines that are neither a field nor a field's further line. */
  readonly stray: readonly string[];
}

/** The comment that a file begins with. */
function headerOf(source: string): Header {
  const lines = source.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  const [title = "", ...rest] = lines.slice(0, end);
  const said: { field: string; text: string }[] = [];
  const stray: string[] = [];
  for (const line of rest) {
    const field = /^\/\/ ([A-Z]\w*) +\S/.exec(line)?.[1];
    const text = line.slice(13);
    if (field !== undefined && line.startsWith(`// ${field.padEnd(10)}${text[0]}`)) said.push({ field, text });
    else if (/^\/\/ {10,}\S/.test(line) && said.length > 0) said.at(-1)!.text += ` ${line.slice(2).trim()}`;
    else stray.push(line);
  }
  return { title, said, stray };
}

function checkFields({ said, stray }: Header): string[] {
  const names = said.map(({ field }) => field);
  const expected = fields.filter((field) => !optional.includes(field) || names.includes(field));
  const missing = expected.filter((field) => !names.includes(field));
  const unknown = names.filter((name) => !(fields as readonly string[]).includes(name));
  const known = names.filter((name) => !unknown.includes(name));
  const isOrdered = known.join() === expected.filter((field) => names.includes(field)).join();
  return [
    ...stray.map((line) => `"${line}" is neither \`// Field\` with its text in column 13 nor a field's further line`),
    ...(missing.length > 0 ? [`the header lacks ${missing.join(", ")}`] : []),
    ...(unknown.length > 0 ? [`the header knows no ${unknown.join(", ")}; it has ${fields.join(", ")}`] : []),
    ...(isOrdered ? [] : [`the header has ${known.join(", ")}, once each and in this order: ${expected.join(", ")}`]),
  ];
}

/** The field speaks of the rung that `ladder.ts` gives as `from`. */
function checkChange(rung: Rung<never>, text: string): string[] {
  const expected = rung.from ? `${numberOf(rung.from)} -> ${numberOf(rung)}: ` : "start: ";
  return text.startsWith(expected) ? [] : [`Change must begin with "${expected}", as ladder.ts says`];
}

const resourcesPattern = /^(no|([\d.]+) (B|KiB)) workgroup memory[;,] (\d+) invocations?\b/;

/** The field agrees with the module, where the module's figures can be told. */
function checkResources(rung: Rung<never>, text: string): string[] {
  const match = resourcesPattern.exec(text);
  if (!match) {
    return [
      'Resources must begin with "no workgroup memory; 64 invocations a workgroup" or "2 KiB workgroup memory; ...", B or KiB',
    ];
  }
  const [, , amount = "0", unit, invocations] = match;
  const statedBytes = Number(amount) * (unit === "KiB" ? 1024 : 1);
  const { memoryBytes, invocationCounts } = findResources(rung.module);
  return [
    ...(memoryBytes === null || memoryBytes.includes(statedBytes)
      ? []
      : [`Resources says ${statedBytes} B of workgroup memory, the module has ${memoryBytes.join(" or ")} B`]),
    ...(invocationCounts === null || invocationCounts.includes(Number(invocations))
      ? []
      : [`Resources says ${invocations} invocations a workgroup, the module has ${invocationCounts.join(" or ")}`]),
  ];
}

/** What is wrong with the header of a rung's file, in words. */
export function checkHeader(rung: Rung<never>): string[] {
  const header = headerOf(rung.module.source);
  const textOf = (field: Field): string | undefined => header.said.find((one) => one.field === field)?.text;
  const [change, resources] = [textOf("Change"), textOf("Resources")];
  const title = `rung ${numberOf(rung)}: `;
  return [
    ...(header.title.includes(title) ? [] : [`its first line must hold "${title}"`]),
    ...checkFields(header),
    ...(change === undefined ? [] : checkChange(rung, change)),
    ...(resources === undefined ? [] : checkResources(rung, resources)),
  ];
}
