import { parseSync, Visitor } from "oxc-parser";

export interface Import {
  readonly specifier: string;
  /** 1-based. */
  readonly line: number;
}

/**
 * Every module that a file names: static, dynamic and type imports, re-exports, and what its tests mock.
 * Dynamic imports of a computed name are left out.
 * @throws if the file does not parse
 */
export function importsOf(path: string, source: string): Import[] {
  const { program, errors } = parseSync(path, source);
  if (errors[0]) throw new Error(`${path} does not parse: ${errors[0].message}`);
  const imports: Import[] = [];
  const add = (node: { readonly type: string; readonly value?: unknown; readonly start: number } | null): void => {
    if (typeof node?.value !== "string") return;
    imports.push({ specifier: node.value, line: source.slice(0, node.start).split("\n").length });
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => add(node.source),
    ImportExpression: (node) => add(node.source),
    TSImportType: (node) => add(node.source),
    CallExpression: ({ callee, arguments: [mocked] }) => {
      if (source.slice(callee.start, callee.end) === "vi.mock") add(mocked ?? null);
    },
  }).visit(program);
  return imports;
}

/** The package that a specifier names (`zod` of `zod/v4`, `@fledge/data`), or null for a path or one of the project's own `imports`. */
export function packageOf(specifier: string): string | null {
  if (/^[./#]|^file:/.test(specifier)) return null;
  const [scope = "", name = ""] = specifier.split("/");
  return specifier.startsWith("@") ? `${scope}/${name}` : scope;
}
