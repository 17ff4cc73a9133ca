import { ask, nameOf } from "../engine/client.ts";
import type { Edit } from "../engine/edited.ts";
import type { CaseView, LadderView, Verdict } from "../engine/engine.ts";
import type { Editor } from "./wgsl-editor.ts";

interface Trying {
  readonly ladder: LadderView;
  readonly edit: Edit;
  /** Where compile errors are marked. */
  readonly editor: Editor;
  readonly tell: (what: string) => void;
  readonly show: (verdicts: readonly Verdict[]) => void;
}

/** The ladder's own list of shapes, or all that it has. */
function testShapes({ cases }: LadderView): readonly CaseView[] {
  const list = cases.filter(({ kind }) => kind === "test");
  return list.length > 0 ? list : cases;
}

/**
 * Tests a visitor's module on the ladder's own shapes, and shows each verdict as it comes. It ends early where the
 * module does not compile, or fits the kernel on no shape.
 * @returns the verdicts
 */
export async function tryOnShapes({ ladder, edit, editor, tell, show }: Trying): Promise<readonly Verdict[]> {
  const found: Verdict[] = [];
  editor.complain([]);
  show([]);
  const shapes = testShapes(ladder);
  for (const [index, { key, name }] of shapes.entries()) {
    tell(`Testing ${name}, ${index + 1} of ${shapes.length}`);
    const verdict = await ask((engine) => engine.tryEdit(nameOf(ladder), edit, { key }));
    found.push(verdict);
    show([...found]);
    if (verdict.messages.length > 0) {
      editor.complain(verdict.messages);
      break;
    }
    const { outcome, worstError, reason } = verdict;
    if (outcome === "failed" && worstError === null && reason?.startsWith(`${ladder.kernel}/yours:`)) break;
  }
  return found;
}

/** What came of it in a sentence. */
export function verdictsInWords(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return "";
  const [error] = verdicts.at(-1)!.messages;
  if (error) return `It does not compile, line ${error.line}: ${error.message}`;
  const count = (wanted: Verdict["outcome"]): number => verdicts.filter(({ outcome }) => outcome === wanted).length;
  const [all, failed, sound] = [verdicts.length, count("failed"), count("sound")];
  if (failed > 0) return `Wrong on ${failed} of ${all} shapes.`;
  if (sound === 0) return `None of ${all} shapes can run here, so that nothing was tested.`;
  return sound === all
    ? `Right on all ${all} shapes, and nothing found between them.`
    : `Right on ${sound} of ${all} shapes, and nothing found between them; the others cannot run here.`;
}
