/** Six digits are more than any measurement has; whole numbers are sizes and counts, and stay. */
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;

/** A line for each title: files of many ladders stay small, and a difference names the ladder. */
export const serialise = (results: Readonly<Record<string, unknown>>): string =>
  `{\n${Object.entries(results)
    .map(([title, result]) => `${JSON.stringify(title)}: ${JSON.stringify(result, rounded)}`)
    .join(",\n")}\n}\n`;
