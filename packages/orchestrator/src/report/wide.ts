/** What may be wider than a phone: it scrolls by itself, and by keys too. @param kind a class of its own */
export const wide = (html: string, kind = ""): string =>
  `<div class="wide${kind === "" ? "" : ` ${kind}`}" tabindex="0">${html}</div>`;
