/**
 * One entry of apt's sources (sources.list(5)), in the form it was written in.
 * @typedef {object} AptSource
 * @property {"stanza" | "line"} form deb822 `.sources` or one-line `.list`
 * @property {string} text the entry without comments
 * @property {string[]} uris
 * @property {string[]} suites
 * @property {string[]} components
 */

/** @param {string} text */
const words = (text) => text.split(/\s+/).filter(Boolean);

/** @param {string} text */
const withoutComments = (text) =>
  text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n");

/**
 * @param {string} stanza
 * @param {string} field
 * @returns {string} the field's value with its continuation lines
 */
function fieldOf(stanza, field) {
  const match = new RegExp(`^${field}:(.*(?:\\n[ \\t].*)*)`, "im").exec(stanza);
  return match?.[1] ?? "";
}

/**
 * The enabled binary sources of a deb822 file.
 * @param {string} text
 * @returns {AptSource[]}
 */
export function parseStanzas(text) {
  return withoutComments(text)
    .split(/\n\s*\n/)
    .map((stanza) => stanza.trim())
    .filter((stanza) => words(fieldOf(stanza, "Types")).includes("deb"))
    .filter((stanza) => !/^(no|false|off|0)$/i.test(fieldOf(stanza, "Enabled").trim()))
    .map((stanza) => ({
      form: "stanza",
      text: stanza,
      uris: words(fieldOf(stanza, "URIs")),
      suites: words(fieldOf(stanza, "Suites")),
      components: words(fieldOf(stanza, "Components")),
    }));
}

/**
 * The binary sources of a one-line-style file.
 * @param {string} text
 * @returns {AptSource[]}
 */
export function parseLines(text) {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!match) return [];
    const [, uri = "", suite = "", components = ""] = match;
    return [{ form: "line", text: line.trim(), uris: [uri], suites: [suite], components: words(components) }];
  });
}

/**
 * The source from which this machine gets the suite's `main`: its mirror also serves the backports.
 * @param {readonly AptSource[]} sources
 * @param {string} suite
 * @returns {AptSource | null}
 */
export function sourceOf(sources, suite) {
  return (
    sources.find(
      ({ uris, suites, components }) =>
        suites.includes(suite) && components.includes("main") && uris.some((uri) => !uri.startsWith("cdrom:")),
    ) ?? null
  );
}

/**
 * A sources file for another suite of the same mirror; `Signed-By` and the other options are kept.
 * @param {AptSource} source
 * @param {string} suite
 * @returns {{ name: string, text: string }} `name`: of the file in `/etc/apt/sources.list.d`
 */
export function sourcesFileFor(source, suite) {
  const note = "# Written by Fledge's tools/bootstrap.mjs for Mesa's Vulkan driver.\n";
  if (source.form === "line") {
    const [, head = ""] = /^(deb\s+(?:\[[^\]]*\]\s*)?\S+)/.exec(source.text) ?? [];
    return { name: `fledge-${suite}.list`, text: `${note}${head} ${suite} main\n` };
  }
  const kept = source.text.replace(/^(Types|Suites|Components|Enabled):.*(?:\n[ \t].*)*\n?/gim, "").trim();
  return { name: `fledge-${suite}.sources`, text: `${note}Types: deb\nSuites: ${suite}\nComponents: main\n${kept}\n` };
}
