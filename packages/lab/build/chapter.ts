import { dirname, join } from "node:path";
import { Marked, type Tokens } from "marked";

/** As GitHub makes a heading's anchor. */
const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/**
 * The module of a README: its HTML as the default export. Drawings become files of the page; a link to a heading
 * becomes a button that scrolls there, since the page's own addresses follow the `#`; a link to a file of the repository
 * becomes the file's name, which a visitor without a checkout cannot open.
 */
export function chapterModule(path: string, markdown: string): string {
  const imports: string[] = [];
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading): string {
        const level = Math.min(6, depth + 1);
        return `<h${level} id="chapter-${slug(text)}" tabindex="-1">${this.parser.parseInline(tokens)}</h${level}>\n`;
      },
      image({ href, text }: Tokens.Image): string {
        imports.push(`import drawing${imports.length} from ${JSON.stringify(`${join(dirname(path), href)}?url`)};`);
        return `<img src="@@drawing${imports.length - 1}@@" alt="${escapeHtml(text)}" loading="lazy">`;
      },
      link({ href, tokens }: Tokens.Link): string {
        const text = this.parser.parseInline(tokens);
        if (href.startsWith("#"))
          return `<button type="button" class="link" data-heading="chapter-${escapeHtml(href.slice(1))}">${text}</button>`;
        if (/^https?:/.test(href)) return `<a href="${escapeHtml(href)}" rel="noreferrer">${text}</a>`;
        return `<span class="file" title="${escapeHtml(href)}">${text}</span>`;
      },
      table(token: Tokens.Table): string {
        const row = (cells: readonly Tokens.TableCell[]): string =>
          `<tr>${cells
            .map((cell) => {
              const tag = cell.header ? "th" : "td";
              const align = cell.align ? ` style="text-align:${cell.align}"` : "";
              return `<${tag}${align}>${this.parser.parseInline(cell.tokens)}</${tag}>`;
            })
            .join("")}</tr>`;
        // A wide table scrolls by itself, with the keyboard too.
        return `<div class="scrolls" role="group" aria-label="table" tabindex="0"><table><thead>${row(token.header)}</thead><tbody>${token.rows.map(row).join("")}</tbody></table></div>\n`;
      },
      code({ text }: Tokens.Code): string {
        return `<pre class="scrolls" tabindex="0"><code>${escapeHtml(text)}</code></pre>\n`;
      },
    },
  });
  const html = marked.parse(markdown, { async: false });
  const pieces = html.split(/@@(drawing\d+)@@/).map((piece, index) => (index % 2 ? piece : JSON.stringify(piece)));
  return `${imports.join("\n")}\nexport default ${pieces.join(" + ")};`;
}
