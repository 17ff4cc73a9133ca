import type { Ladder } from "@fledge/runtime";
import { codeDiff, sizeOfDiff } from "./code-diff.ts";

/** Lines of code that a rung may add to the one it starts from and take away, without a reason in the README. */
const largestLesson = 80;

/**
 * Rungs of large steps for which the README has no reason, and reasons for steps that are not large. A reason is the
 * paragraph below a line `<!-- large: id id -->`; what it says is for its reader to judge.
 */
export function checkLessons(ladders: readonly Ladder<never>[], readme: string): string[] {
  const large = ladders
    .flatMap(({ rungs }) => rungs)
    .filter((rung) => {
      const { added, removed } = codeDiff(rung) ?? { added: 0, removed: 0 };
      return added + removed > largestLesson;
    });
  const explained = [...readme.matchAll(/^<!-- large: (.+) -->\n+(?=\w)/gm)].flatMap(([, ids]) => ids!.split(" "));
  return [
    ...large
      .filter(({ id }) => !explained.includes(id))
      .map(
        (rung) =>
          `${rung.id} is ${sizeOfDiff(rung)} lines of code from ${rung.from!.id}: make two rungs of it, or say why not in a paragraph below <!-- large: ${rung.id} -->`,
      ),
    ...explained
      .filter((id) => !large.some((rung) => rung.id === id))
      .map((id) => `no step to ${id} is large: take it out of <!-- large: ... -->`),
  ];
}
