import { escapeHtml } from "./escape-html.ts";
import { pageStyle } from "./page-style.ts";

/** A page that needs no other file. @param style its own, after what all pages share @param main its contents as HTML */
export const htmlPage = (title: string, style: string, main: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${pageStyle}${style}</style></head><body><main>
${main}
</main></body></html>
`;
