import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { keep, readKept } from "./kept.ts";
import { openEditor, type Editor } from "./wgsl-editor.ts";

interface Module {
  /** What the editor is put into. */
  readonly place: RefObject<HTMLDivElement | null>;
  readonly editor: RefObject<Editor | null>;
  readonly source: string;
}

/**
 * A module in an editor, kept in the visitor's browser under `draftKey` as it changes.
 * @param original what it is where nothing is kept
 * @param opened called when the editor shows another module
 */
export function useModule(draftKey: string, original: string, opened: () => void): Module {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const [source, setSource] = useState("");
  useLayoutEffect(() => {
    const text = readKept<string>(draftKey) ?? original;
    setSource(text);
    opened();
    editor.current = openEditor(place.current!, text, "Your module, in WGSL", (changed) => {
      setSource(changed);
      keep(draftKey, changed);
    });
    return () => editor.current?.destroy();
  }, [draftKey]);
  return { place, editor, source };
}
