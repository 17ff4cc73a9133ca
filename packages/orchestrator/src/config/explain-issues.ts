import { z } from "zod";
import { configSchema } from "./schema.ts";

type Schema = z.core.JSONSchema.BaseSchema;
type Path = readonly PropertyKey[];

const settings: Schema = z.toJSONSchema(configSchema, { io: "input" });

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const alternatives = ({ anyOf, oneOf }: Schema): readonly Schema[] => (anyOf ?? oneOf ?? []) as readonly Schema[];

/** The keys that choose among alternatives: RandAugment's, those of a selection, and kinds. */
const choosers = ["library", "rule", "kind"] as const;

/** The alternatives of a setting, those within one that may be null besides among them. */
const flat = (schema: Schema): readonly Schema[] =>
  alternatives(schema).flatMap((one) => (alternatives(one).length > 0 ? flat(one) : [one]));

/** The alternative that a record's `library` or `rule` chooses, or the only one for records, where there are several; else the schema itself. */
function chosen(schema: Schema, value: unknown): Schema {
  if (!isRecord(value)) return schema;
  const chooses = ({ properties }: Schema): boolean =>
    choosers.some((key) => {
      const constant = (properties?.[key] as Schema | undefined)?.const;
      return constant !== undefined && constant === value[key];
    });
  const forRecords = flat(schema).filter(({ type }) => type === "object");
  return flat(schema).find(chooses) ?? (forRecords.length === 1 ? forRecords[0]! : schema);
}

/** What each value of a record of any names is; undefined where its names are fixed. */
const ofAnyName = ({ additionalProperties }: Schema): Schema | undefined =>
  isRecord(additionalProperties) ? (additionalProperties as Schema) : undefined;

/** The schema and the value of a setting. */
function settingAt(path: Path, input: unknown): { readonly schema: Schema | undefined; readonly value: unknown } {
  let schema: Schema | undefined = settings;
  let value = input;
  for (const key of path) {
    const around: Schema | undefined = schema && chosen(schema, value);
    const inner: unknown = around?.properties?.[String(key)] ?? (around && ofAnyName(around));
    // The key that chooses an alternative may be any of theirs.
    const keys: Schema[] = around
      ? flat(around).flatMap(({ properties }): readonly Schema[] => {
          const of = properties?.[String(key)];
          return of === undefined ? [] : [of as Schema];
        })
      : [];
    schema = inner === undefined ? (keys.length > 0 ? { anyOf: keys } : undefined) : (inner as Schema);
    value = isRecord(value) ? value[String(key)] : undefined;
  }
  return { schema, value };
}

/** A bound that somebody set: zod's whole numbers are bounded where they stop being exact. */
const bound = (value: unknown): number | undefined =>
  typeof value === "number" && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined;

function range(schema: Schema): string {
  const [least, most] = [bound(schema.minimum), bound(schema.maximum)];
  const [above, below] = [bound(schema.exclusiveMinimum), bound(schema.exclusiveMaximum)];
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}`;
  const bounds = [
    ...(least === undefined ? [] : [`of at least ${least}`]),
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(most === undefined ? [] : [`of at most ${most}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
  ];
  return bounds.length === 0 ? "" : ` ${bounds.join(" and ")}`;
}

/** What a setting may be, in words. */
function allowed(schema: Schema): string {
  const choices = alternatives(schema);
  const consts = choices.map((one) => one.const);
  if (choices.length > 0 && !consts.includes(undefined)) return `one of ${consts.join(", ")}`;
  if (choices.length > 0) {
    const words = choices.map(allowed);
    return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  }
  if (schema.const !== undefined) return String(schema.const);
  if (Array.isArray(schema.type)) return schema.type.map((type) => allowed({ ...schema, type })).join(" or ");
  if (schema.enum) return `one of ${schema.enum.join(", ")}`;
  if (schema.type === "integer") return `a whole number${range(schema)}`;
  if (schema.type === "number") return `a number${range(schema)}`;
  if (schema.type === "boolean") return "true or false";
  if (schema.type === "null") return "null";
  if (schema.type === "string") return schema.minLength === undefined ? "text" : "text that is not empty";
  if (schema.type === "array") {
    const { prefixItems } = schema as { prefixItems?: Schema[] };
    return prefixItems ? `[${prefixItems.map(allowed).join(", ")}]` : `a list of ${allowed(schema.items as Schema)}`;
  }
  const named = ofAnyName(schema);
  if (named) return `names, each with its own settings: ${Object.keys(named.properties ?? {}).join(", ")}`;
  return `its own settings: ${Object.keys(schema.properties ?? {}).join(", ")}`;
}

/** Every setting by its whole name. */
function names(schema: Schema, prefix = ""): string[] {
  const inner = [schema, ...flat(schema)].flatMap(({ properties }) => Object.entries(properties ?? {}));
  const all = inner.flatMap(([key, one]) => [`${prefix}${key}`, ...names(one as Schema, `${prefix}${key}.`)]);
  return [...new Set(all)];
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z.]/g, "");

/** What may have been meant by a name that is none: one that differs in spelling, or that stands in another section. */
function meant(name: string): string | undefined {
  const all = names(settings);
  const last = plain(name.slice(name.lastIndexOf(".") + 1));
  return (
    all.find((one) => plain(one) === plain(name)) ??
    all.find((one) => plain(one.slice(one.lastIndexOf(".") + 1)) === last)
  );
}

function unknownSetting(path: Path, key: string, input: unknown): string {
  const name = [...path, key].join(".");
  const suggestion = meant(name);
  if (suggestion !== undefined && suggestion !== name)
    return `${name}: there is no such setting; did you mean ${suggestion}?`;
  const { schema = settings, value } = settingAt(path, input);
  const keys = Object.keys(chosen(schema, value).properties ?? {}).join(", ");
  return `${name}: there is no such setting; ${path.length === 0 ? "there is" : `${path.join(".")} has`} ${keys}`;
}

type Issue = z.core.$ZodIssue;

/** The issues of a value that fits none of several kinds: those of the one kind that it may be meant as, where there is one. */
function flattened(issue: Issue): readonly Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const within = issue.errors.filter((errors) => errors.length > 0 && errors.every(({ path }) => path.length > 0));
  if (within.length !== 1) return [issue];
  return within[0]!.flatMap((inner) => flattened({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** A value as it was given; JSON has no word for a number without end, such as 1e400. */
const shown = (value: unknown): string => (typeof value === "number" ? String(value) : JSON.stringify(value));

/** What is wrong with settings, a sentence for each, which names the setting, its value and what is allowed. */
export function explainIssues({ issues }: z.core.$ZodError, input: unknown): string[] {
  const sentences = issues.flatMap(flattened).flatMap((issue) => {
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownSetting(issue.path, key, input));
    const end = issue.path.findIndex((key) => typeof key !== "string"); // A place in a list is not a setting.
    const path = end < 0 ? issue.path : issue.path.slice(0, end);
    const name = path.length === 0 ? "the settings" : path.join(".");
    if (issue.code === "custom")
      return [issue.message.startsWith(`${name}:`) ? issue.message : `${name}: ${issue.message}`];
    const { schema, value } = settingAt(path, input);
    const may = schema ? `; it may be ${allowed(schema)}` : `: ${issue.message}`;
    return [value === undefined ? `${name}: it is missing${may}` : `${name}: ${shown(value)} will not do${may}`];
  });
  return [...new Set(sentences)];
}
