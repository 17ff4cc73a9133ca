import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { Marked, type Tokens } from "marked";
import type { ListedProject } from "../src/listed-ladders.ts";

/** As GitHub makes a heading's anchor. */
const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** A drawing's width and height, so that what stands below it stays where it is when the drawing comes. */
function sizeOf(file: string): readonly [width: number, height: number] | undefined {
  const [, width, height] =
    /<svg(?=[^>]*\swidth="(\d+)")(?=[^>]*\sheight="(\d+)")/.exec(readFileSync(file, "utf8")) ?? [];
  return width === undefined ? undefined : [Number(width), Number(height)];
}

/** A drawing of more pixels is for the whole window, not for a column of text. */
const broad = 1000;

/** A rung's file within a drawn tree: `02-vec4`. */
const rungFile = /\b\d\d-[a-z][a-z0-9-]*/;

/**
 * The module of a kernel's README: its HTML as the default export. Drawings become files of the page. A link to a
 * heading begins with `#chapter/`, before which the page puts the ladder's own address; a rung of a drawn tree leads to
 * where it is studied, another kernel's README to that chapter. Any other file of the repository is named beside the
 * link's text, for a visitor has no checkout to open it in.
 * @param path the README's, relative to the repository
 * @param folder where `path` lies, from which drawings are imported
 */
export function chapterModule(
  path: string,
  folder: string,
  markdown: string,
  projects: readonly ListedProject[],
): string {
  const imports: string[] = [];
  const sections: string[] = [];
  /** The ladder whose tree the next block of code is. */
  let tree: string | undefined;
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading): string {
        const level = Math.min(6, depth + 1);
        const html = this.parser.parseInline(tokens);
        if (depth === 2) sections.push(`<li><a href="#chapter/${slug(text)}">${html}</a></li>`);
        return `<h${level} id="chapter-${slug(text)}" tabindex="-1">${html}</h${level}>\n`;
      },
      html({ text }: Tokens.HTML | Tokens.Tag): string {
        const [, name] = /^<!-- tree:([\w-]+) -->/.exec(text) ?? [];
        if (name !== undefined) tree = name;
        return text.startsWith("<!--") ? "" : text;
      },
      image({ href, text }: Tokens.Image): string {
        imports.push(`import drawing${imports.length} from ${JSON.stringify(`${join(folder, href)}?url`)};`);
        const size = sizeOf(join(folder, href));
        const attributes = size ? ` width="${size[0]}" height="${size[1]}"` : "";
        const drawing = `<img src="@@drawing${imports.length - 1}@@" alt="${escapeHtml(text)}"${attributes} loading="lazy">`;
        // On a telephone it keeps a size that can be read, and scrolls by itself.
        const kind = size && size[0] > broad ? "scrolls drawing broad" : "scrolls drawing";
        return `<span class="${kind}" role="group" aria-label="drawing" tabindex="0">${drawing}</span>`;
      },
      link({ href, tokens }: Tokens.Link): string {
        const text = this.parser.parseInline(tokens);
        if (href.startsWith("#")) return `<a href="#chapter/${escapeHtml(href.slice(1))}">${text}</a>`;
        if (/^https?:/.test(href)) return `<a href="${escapeHtml(href)}" rel="noreferrer">${text}</a>`;
        const file = posix.join(posix.dirname(path), href);
        const [, project] = /^kernels\/([^/]+)\/README\.md$/.exec(file) ?? [];
        const ladder = projects.find((one) => one.project === project)?.ladders[0];
        return ladder
          ? `<a href="#/ladder/${ladder.name}/chapter">${text}</a>`
          : `${text} <span class="quiet">(in the repository: ${escapeHtml(file)})</span>`;
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
        const ladder = tree;
        tree = undefined;
        const linked = (line: string): string =>
          escapeHtml(line).replace(rungFile, (file) => `<a href="#/ladder/${ladder}/study/${file}">${file}</a>`);
        if (ladder === undefined) return `<pre class="scrolls" tabindex="0"><code>${escapeHtml(text)}</code></pre>\n`;
        const html = text.split("\n").map(linked).join("\n");
        return `<pre class="scrolls" tabindex="0" id="chapter-ladder-${ladder}"><code>${html}</code></pre>\n`;
      },
    },
  });
  const body = marked.parse(markdown, { async: false });
  const contents = `<nav class="contents" aria-label="Contents of the chapter"><ul>${sections.join("")}</ul></nav>`;
  // Below the title, which is the text's first heading.
  const html = body.replace(/<\/h2>\n/, (end) => end + contents);
  const pieces = html.split(/@@(drawing\d+)@@/).map((piece, index) => (index % 2 ? piece : JSON.stringify(piece)));
  return `${imports.join("\n")}\nexport default ${pieces.join(" + ")};`;
}
