import { fromMarkdown } from "mdast-util-from-markdown";
import { visit } from "unist-util-visit";

interface Code {
  readonly lang?: string | null | undefined;
  readonly value: string;
  readonly position?:
    { readonly start: { readonly line: number }; readonly end: { readonly line: number } } | undefined;
}

/** A command that a document shows. */
export interface Documented {
  /** 1-based. */
  readonly line: number;
  readonly text: string;
  /** Named in a sentence, where what follows the option or the target may be left out. */
  readonly inSentence: boolean;
}

const shellLanguages: readonly (string | null | undefined)[] = ["sh", "bash", "shell", "console"];

/** What commands here begin with, after variables set for them alone: `npm run`, `FLEDGE_BENCH=full npx`. */
const commandStart = /^([A-Z_]+=\S* )*((npx|npm|nx|tsx|vitest|node|python3?|fledge|git|diff|cd) \S|\.ci\/)/;

/** A block of commands; formulas, listings and other languages are none. */
const isShell = ({ lang, value }: Code): boolean =>
  shellLanguages.includes(lang) || (!lang && value.split("\n").some((line) => commandStart.test(line)));

function commandsOfBlock({ value, position }: Code): Documented[] {
  // A fence has a line of its own above the first command; an indented block, which has no language, has none.
  const first =
    position!.start.line + (position!.end.line - position!.start.line + 1 > value.split("\n").length ? 1 : 0);
  const found: Documented[] = [];
  let text = "";
  for (const [index, line] of value.split("\n").entries()) {
    text += line;
    if (text.endsWith("\\")) {
      text = text.slice(0, -1);
      continue;
    }
    if (text.trim() !== "" && !text.startsWith("#")) found.push({ line: first + index, text, inSentence: false });
    text = "";
  }
  return found;
}

/** Every command of a document: in blocks a line each, in sentences and tables what code is set off. */
export function documentedCommands(markdown: string): Documented[] {
  const found: Documented[] = [];
  visit(fromMarkdown(markdown), (node) => {
    if (node.type === "code" && isShell(node)) found.push(...commandsOfBlock(node));
    if (node.type === "inlineCode" && commandStart.test(node.value))
      found.push({ line: node.position!.start.line, text: node.value, inSentence: true });
  });
  return found;
}

/** Pictures and links written as HTML, which the check of Markdown's links does not see. */
export const htmlTargets = (markdown: string): string[] =>
  [...markdown.matchAll(/<[a-z][^>]*?\b(?:src|href|srcset)="([^"#]+)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target));
