/** Text as it stands in an element, which breaks where a path or a name of many words may, and not within a figure. */
export const breakable = (text: string): string =>
  escapeHtml(text)
    .replaceAll(/(?<=\w)[/_](?=\w)/g, "$&<wbr>")
    .replaceAll(/(\d) %/g, "$1&nbsp;%");

/** Text as it stands in HTML, in an element or an attribute. */
export const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
