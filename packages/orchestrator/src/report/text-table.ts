import { markdownTable } from "markdown-table";

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

/** The table as HTML. @param escape makes text safe in HTML */
export function textTableHtml({ title, columns, rows, note }: TextTable, escape: (text: string) => string): string {
  const cells = (tag: string, texts: readonly string[]): string =>
    `<tr>${texts.map((text) => `<${tag}>${escape(text)}</${tag}>`).join("")}</tr>`;
  const body = rows.map((row) => cells("td", row)).join("\n");
  return `<h2>${escape(title)}</h2>\n<table><thead>${cells("th", columns)}</thead>\n<tbody>${body}</tbody></table>\n<p class="note">${escape(note)}</p>`;
}
