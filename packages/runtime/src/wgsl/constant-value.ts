/**
 * The value of a WGSL integer expression of literals, names, `+ - * / %` and brackets.
 * @param valueOf the value of a name
 * @throws RangeError where it holds anything else
 */
function constantValue(expression: string, valueOf: (name: string) => number): number {
  const tokens = expression.match(/\d+[uif]?|\w+|[-+*/%()]|\S/g) ?? [];
  let next = 0;
  const operand = (): number => {
    const token = tokens[next++] ?? "";
    if (token === "(") {
      const value = sum();
      if (tokens[next++] === ")") return value;
    } else if (/^\d/.test(token)) return parseInt(token, 10);
    else if (/^[A-Za-z_]/.test(token)) return valueOf(token);
    throw new RangeError(`"${expression}" is no expression that is followed here`);
  };
  const product = (): number => {
    let value = operand();
    for (;;) {
      const operator = tokens[next];
      if (operator === "*") value *= (next++, operand());
      else if (operator === "/") value = Math.trunc(value / (next++, operand()));
      else if (operator === "%") value %= (next++, operand());
      else return value;
    }
  };
  const sum = (): number => {
    let value = product();
    for (;;) {
      const operator = tokens[next];
      if (operator === "+") value += (next++, product());
      else if (operator === "-") value -= (next++, product());
      else return value;
    }
  };
  const value = sum();
  if (next < tokens.length) throw new RangeError(`"${expression}" goes on after what is followed here`);
  return value;
}

/**
 * The values of expressions over a module's constants, by its code without comments. They throw a RangeError where one
 * holds else than `constantValue` follows.
 */
export function constantsOf(code: string): (expression: string) => number {
  const expressions = new Map(
    [...code.matchAll(/\bconst (\w+)\s*(?::[^=;]+)?=\s*([^;]+);/g)].map((match) => [match[1]!, match[2]!]),
  );
  const value = (expression: string): number => constantValue(expression, (name) => value(expressions.get(name) ?? ""));
  return value;
}
