/** A whole number, several, or a float, which JavaScript cannot tell from a whole number. */
type Value = number | readonly number[] | { readonly float: number };

interface Attribute {
  readonly name: string;
  /** AttributeProto.AttributeType. */
  readonly type: number;
  readonly f?: number;
  readonly i?: number;
  readonly ints?: readonly number[];
}

interface Node {
  readonly opType: string;
  readonly name: string;
  readonly input: readonly string[];
  readonly output: readonly [string];
  readonly attribute: readonly Attribute[];
}

function attributeOf(name: string, value: Value): Attribute {
  if (typeof value === "number") return { name, type: 2, i: value };
  return "float" in value ? { name, type: 1, f: value.float } : { name, type: 7, ints: value };
}

/** Nodes in the order in which they can be computed, as NodeProto has them. */
export class GraphBuilder {
  readonly nodes: Node[] = [];

  /** Adds a node with one output, and gives the output's name. */
  node(
    opType: string,
    name: string,
    input: readonly string[],
    attributes: Readonly<Record<string, Value>> = {},
    output = `${name}.out`,
  ): string {
    const attribute = Object.entries(attributes).map(([key, value]) => attributeOf(key, value));
    this.nodes.push({ opType, name, input, output: [output], attribute });
    return output;
  }

  /** The names that nodes read and none writes. */
  get inputs(): ReadonlySet<string> {
    const written = new Set(this.nodes.map(({ output }) => output[0]));
    return new Set(this.nodes.flatMap(({ input }) => input).filter((name) => !written.has(name)));
  }
}
