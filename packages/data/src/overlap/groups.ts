/**
 * The images that repeat one another, directly or through others, out of `count`: each group ascending, the groups by
 * their first image. Images without a repeat are in none.
 */
export function groupsOf(
  count: number,
  pairs: Iterable<{ readonly first: number; readonly second: number }>,
): number[][] {
  const parent = Int32Array.from({ length: count }, (_, i) => i);
  const rootOf = (image: number): number => {
    let root = image;
    while (parent[root] !== root) root = parent[root]!;
    while (parent[image] !== root) [image, parent[image]] = [parent[image]!, root];
    return root;
  };
  for (const { first, second } of pairs) {
    const [a, b] = [rootOf(first), rootOf(second)];
    parent[Math.max(a, b)] = Math.min(a, b);
  }
  const members = new Map<number, number[]>();
  for (let image = 0; image < count; image++) {
    const root = rootOf(image);
    members.set(root, [...(members.get(root) ?? []), image]);
  }
  return [...members.values()].filter(({ length }) => length > 1);
}
