import { escapeHtml } from "./escape-html.ts";

/** A remark of a page, below what it is about; nothing of an empty one. */
export const note = (text: string): string => (text === "" ? "" : `<p class="note">${escapeHtml(text)}</p>`);
