import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import type { CompilationMessage } from "@fledge/runtime";
import { wgsl } from "@iizukak/codemirror-lang-wgsl";
import { tags } from "@lezer/highlight";

// Colours are the page's own, which has them for light and dark.
const colours = HighlightStyle.define([
  { tag: tags.comment, color: "var(--code-comment)" },
  { tag: [tags.keyword, tags.controlKeyword, tags.definitionKeyword, tags.modifier], color: "var(--code-keyword)" },
  { tag: [tags.typeName, tags.standard(tags.typeName)], color: "var(--code-type)" },
  { tag: [tags.number, tags.integer, tags.float, tags.bool], color: "var(--code-number)" },
  { tag: [tags.annotation, tags.meta, tags.attributeName], color: "var(--code-attribute)" },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName))],
    color: "var(--code-function)",
  },
]);

const theme = EditorView.theme({
  "&": { fontSize: "0.8125rem", color: "var(--ink)", backgroundColor: "var(--code-ground)" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-gutters": { color: "var(--quiet)", backgroundColor: "var(--code-ground)", border: "none" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--selection) !important" },
  ".cm-activeLine": { backgroundColor: "var(--active-line)" },
  ".cm-changedLine, .cm-insertedLine": { backgroundColor: "var(--added) !important" },
  ".cm-deletedChunk, &.cm-merge-a .cm-changedLine": { backgroundColor: "var(--removed) !important" },
  ".cm-changedText": { background: "var(--changed-text) !important" },
  "&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText": { background: "var(--removed-text) !important" },
  ".cm-collapsedLines": { color: "var(--quiet)", background: "var(--panel)" },
  ".cm-collapsedLines:before, .cm-collapsedLines:after": { content: '"..." !important' },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--panel)", border: "1px solid var(--line)" },
});

/** @param skipped lines of the file that are not shown, above the first */
const base = (label: string, skipped = 0): Extension => [
  lineNumbers({ formatNumber: (line) => String(line + skipped) }),
  wgsl(),
  syntaxHighlighting(colours),
  theme,
  EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
];

/** Read with the keyboard too: it takes the focus, and no key changes it. */
const readOnly: Extension = [EditorState.readOnly.of(true), keymap.of(defaultKeymap)];

/** A module, or the part of it below its header. */
export interface Shown {
  readonly source: string;
  readonly label: string;
  /** Lines of the file above its first, so that the numbers are the file's. */
  readonly skipped: number;
}

/** Shows a module. */
export function showSource(parent: HTMLElement, { source, label, skipped }: Shown): () => void {
  const view = new EditorView({ parent, doc: source, extensions: [base(label, skipped), readOnly] });
  return () => view.destroy();
}

const collapseUnchanged = { margin: 3, minSize: 6 };

/** Shows what differs between two modules, side by side, or one over the other where there is little room. */
export function showDifference(parent: HTMLElement, before: Shown, after: Shown, sideBySide: boolean): () => void {
  if (sideBySide) {
    const view = new MergeView({
      parent,
      a: { doc: before.source, extensions: [base(before.label, before.skipped), readOnly] },
      b: { doc: after.source, extensions: [base(after.label, after.skipped), readOnly] },
      collapseUnchanged,
    });
    return () => view.destroy();
  }
  const merge = unifiedMergeView({ original: before.source, mergeControls: false, collapseUnchanged });
  const view = new EditorView({
    parent,
    doc: after.source,
    extensions: [base(after.label, after.skipped), readOnly, merge],
  });
  return () => view.destroy();
}

export interface Editor {
  readonly replace: (text: string) => void;
  /** Marks lines, and goes to the first. */
  readonly complain: (complaints: readonly CompilationMessage[]) => void;
  readonly destroy: () => void;
}

function diagnosticOf(state: EditorState, { line, column, message }: CompilationMessage): Diagnostic {
  const { from, to } = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
  return { from: Math.min(from + Math.max(column - 1, 0), to), to, severity: "error", message };
}

/** A module to change. Tab indents; Escape and then Tab leaves it. */
export function openEditor(
  parent: HTMLElement,
  source: string,
  label: string,
  changed: (text: string) => void,
): Editor {
  const view = new EditorView({
    parent,
    doc: source,
    extensions: [
      base(label),
      history(),
      drawSelection(),
      bracketMatching(),
      indentOnInput(),
      indentUnit.of("  "),
      highlightActiveLine(),
      lintGutter(),
      keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) changed(update.state.doc.toString());
      }),
    ],
  });
  return {
    replace: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    complain: (complaints) => {
      const diagnostics = complaints.map((complaint) => diagnosticOf(view.state, complaint));
      view.dispatch(
        setDiagnostics(
          view.state,
          diagnostics.sort((a, b) => a.from - b.from),
        ),
      );
      const [first] = diagnostics;
      if (first)
        view.dispatch({
          selection: { anchor: first.from },
          effects: EditorView.scrollIntoView(first.from, { y: "center" }),
        });
    },
    destroy: () => view.destroy(),
  };
}
