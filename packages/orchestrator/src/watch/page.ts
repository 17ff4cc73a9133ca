import { escapeHtml } from "../report/escape-html.ts";
import { pageStyle } from "../report/page-style.ts";
import type { Sections } from "./run-sections.ts";

const style = `${pageStyle}
body { max-width: 980px; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { font-size: .9rem; } th, td { padding: .3rem 1rem .3rem 0; }
figure { margin: 0; }
.gallery { display: flex; flex-wrap: wrap; gap: .5rem; } .gallery figure { width: 104px; } .gallery img { max-width: 104px; display: block; } .gallery figcaption { font-size: .75rem; line-height: 1.3; overflow-wrap: anywhere; }
.wrong, #lost { color: var(--warn); }
.state { font-weight: 600; padding: .1rem .5rem; border: 1px solid var(--line); border-radius: 4px; white-space: nowrap; }
.state.stopped, .state.failed, .state.unreadable { color: var(--warn); border-color: currentColor; }
.state.running { border-color: var(--good); color: var(--good); }
.progress { display: flex; align-items: center; gap: .8rem; } .progress span { white-space: nowrap; }
progress { flex: 0 1 20rem; min-width: 4rem; height: .8rem; vertical-align: middle; accent-color: var(--good); }
.now { font-variant-numeric: tabular-nums; } .now dl { display: flex; flex-wrap: wrap; gap: .3rem 2rem; margin: .5rem 0; } .now dt { color: var(--soft); font-size: .8rem; } .now dd { margin: 0; font-size: 1.15rem; }
.nodes td { min-width: 5rem; } .nodes a { white-space: nowrap; } .nodes small { display: block; color: var(--soft); overflow-wrap: anywhere; }`;

/** What the page does: takes what has changed, and says where nothing comes any more. */
export const pageScript = `"use strict";
const main = document.querySelector("main");
const lost = document.getElementById("lost");
const events = new EventSource("/events" + location.search);
events.onmessage = ({ data }) => {
  const { problem = "", order, sections } = JSON.parse(data);
  if (lost.textContent !== problem) lost.textContent = problem;
  if (problem) return;
  for (const [id, html] of Object.entries(sections)) {
    let part = document.getElementById(id);
    if (!part) {
      part = document.createElement("section");
      part.id = id;
      main.append(part);
    }
    const inside = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    part.innerHTML = html;
    // Who goes from link to link stays where they are.
    if (inside !== null) [...part.querySelectorAll("a")].find((one) => one.getAttribute("href") === inside)?.focus({ preventScroll: true });
  }
  for (const part of [...main.children]) if (!order.includes(part.id)) part.remove();
  const now = [...main.children].map(({ id }) => id);
  if (now.join() !== order.join()) for (const id of order) main.append(document.getElementById(id));
};
events.onerror = () => {
  lost.textContent = "fledge watch does not answer: it has ended, or its machine cannot be reached. This page shows what it last saw.";
};
`;

/** The page with its parts as they are now; without JavaScript it shows these. */
export const watchPage = (title: string, sections: Sections): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fledge: ${escapeHtml(title)}</title><link rel="icon" href="data:,"><style>${style}</style></head><body>
<header><p id="lost" role="status"></p>
<noscript><p class="note">Without JavaScript this page does not follow: load it again to see more.</p></noscript></header>
<main>${Object.entries(sections)
  .map(([id, html]) => `<section id="${escapeHtml(id)}">${html}</section>`)
  .join("\n")}</main>
<script src="/watch.js"></script>
</body></html>
`;
