import { markdownTable } from "markdown-table";
import { escapeHtml } from "./escape-html.ts";
import { wide } from "./wide.ts";

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

/** A cell that begins with a number, whatever its unit: `+1.5`, `40.0 % ± 1.2`, `< 0.001`; or that has none. */
const isFigure = (cell: string): boolean => /^([<+−-]? ?[\d∞][\d.]*(e[+-]?\d+)?( |$)|N\/A$|$)/.test(cell);

/**
 * Rows under their columns as HTML; the texts are made safe in it. A column of figures stands to the right, so that their
 * digits stand below one another; the first names the rows and never does.
 * @param kind a class of its own
 */
export function htmlTable(columns: readonly string[], rows: readonly (readonly string[])[], kind = ""): string {
  const figures = columns.map((_, column) => column > 0 && rows.every((row) => isFigure(row[column] ?? "")));
  const cells = (tag: string, texts: readonly string[]): string =>
    `<tr>${texts.map((text, column) => `<${tag}${figures[column] ? ' class="figure"' : ""}>${escapeHtml(text)}</${tag}>`).join("")}</tr>`;
  const body = rows.map((row) => cells("td", row)).join("\n");
  return wide(`<table><thead>${cells("th", columns)}</thead>\n<tbody>${body}</tbody></table>`, kind);
}

/** The table as HTML, with title and note. */
export const textTableHtml = ({ title, columns, rows, note }: TextTable): string =>
  `<h2>${escapeHtml(title)}</h2>\n${htmlTable(columns, rows)}\n<p class="note">${escapeHtml(note)}</p>`;
