import { markdownTable } from "markdown-table";
import { escapeHtml } from "./escape-html.ts";

/** A table of the report as text. */
export interface TextTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What is to be known below it. */
  readonly note: string;
}

/** The table as Markdown, with title and note. */
export const textTableMarkdown = ({ title, columns, rows, note }: TextTable): string =>
  `**${title}**\n\n${markdownTable([[...columns], ...rows.map((row) => [...row])])}\n\n${note}\n`;

/** Rows under their columns as HTML; the texts are made safe in it. */
export function htmlTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, texts: readonly string[]): string =>
    `<tr>${texts.map((text) => `<${tag}>${escapeHtml(text)}</${tag}>`).join("")}</tr>`;
  const body = rows.map((row) => cells("td", row)).join("\n");
  return `<table><thead>${cells("th", columns)}</thead>\n<tbody>${body}</tbody></table>`;
}

/** The table as HTML, with title and note. */
export const textTableHtml = ({ title, columns, rows, note }: TextTable): string =>
  `<h2>${escapeHtml(title)}</h2>\n${htmlTable(columns, rows)}\n<p class="note">${escapeHtml(note)}</p>`;
