/**
 * The text with what stands between the markers `<!-- kind:name -->` and `<!-- /kind -->` replaced.
 * @param file for the error
 * @throws if the text has not exactly one such pair
 */
export function replaceBlock(
  text: string,
  file: string,
  kind: "tree" | "ladder",
  name: string,
  content: string,
): string {
  const [opening, closing] = [`<!-- ${kind}:${name} -->`, `<!-- /${kind} -->`];
  const [before, after, ...more] = text.split(opening);
  const end = after?.indexOf(closing) ?? -1;
  if (after === undefined || more.length > 0 || end < 0 || after.slice(0, end).includes(`<!-- ${kind}:`)) {
    throw new Error(
      `${file} has no place for the ${kind} of ${name}: write ${opening} and ${closing}, once, on lines of their own`,
    );
  }
  return `${before}${opening}\n\n${content}\n\n${after.slice(end)}`;
}
