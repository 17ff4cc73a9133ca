import { describe, expect, it } from "vitest";
import { parseLines, parseStanzas, sourceOf, sourcesFileFor } from "../bootstrap/apt-sources.mjs";

const suite = "bookworm-backports";

const stanzas = `# The archive
Types: deb
# a mirror
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Types: deb-src
URIs: http://sources.example/debian
Suites: bookworm
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: ${suite}
Components: main
`;

const lines = `
# deb http://commented.example/debian ${suite} main
deb cdrom:[Debian 12]/ bookworm main
deb-src http://sources.example/debian bookworm main
deb [arch=amd64 signed-by=/etc/apt/keyrings/x.gpg] https://mirror.example/debian bookworm main contrib # ours
`;

describe("deb822 sources", () => {
  const sources = parseStanzas(stanzas);

  it("are read without what is disabled or only source code", () => {
    expect(sources.map(({ uris }) => uris)).toEqual([
      ["http://mirror.example/debian"],
      ["http://mirror.example/debian-security"],
    ]);
    expect(sourceOf(sources, suite)).toBeNull();
  });

  it("give the backports of the same mirror under the same key", () => {
    const source = sourceOf(sources, "bookworm");
    expect(sourcesFileFor(source!, suite)).toEqual({
      name: "fledge-bookworm-backports.sources",
      text:
        "# Written by Fledge's tools/bootstrap.mjs for Mesa's Vulkan driver.\n" +
        "Types: deb\nSuites: bookworm-backports\nComponents: main\n" +
        "URIs: http://mirror.example/debian\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n",
    });
  });

  it("keep a key that is written out over several lines", () => {
    const key = "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBGPL\n -----END PGP PUBLIC KEY BLOCK-----";
    const text = `Suites: bookworm\n  bookworm-updates\nTypes: deb\n${key}\nURIs: http://mirror.example/debian\nComponents: main\n`;
    const [source] = parseStanzas(text);
    expect(source!.suites).toEqual(["bookworm", "bookworm-updates"]);
    const file = sourcesFileFor(source!, suite);
    expect(file.text).toContain(key);
    expect(parseStanzas(file.text)).toMatchObject([
      { uris: ["http://mirror.example/debian"], suites: [suite], components: ["main"] },
    ]);
  });
});

describe("one-line sources", () => {
  const sources = parseLines(lines);

  it("are read without comments and source code, and a CD is no mirror", () => {
    expect(sourceOf(sources, "bookworm")?.uris).toEqual(["https://mirror.example/debian"]);
    expect(sourceOf(sources, suite)).toBeNull();
  });

  it("give the backports of the same mirror with the same options", () => {
    const file = sourcesFileFor(sourceOf(sources, "bookworm")!, suite);
    expect(file.name).toBe("fledge-bookworm-backports.list");
    expect(file.text.split("\n")[1]).toBe(
      `deb [arch=amd64 signed-by=/etc/apt/keyrings/x.gpg] https://mirror.example/debian ${suite} main`,
    );
    expect(sourceOf(parseLines(file.text), suite)?.components).toEqual(["main"]);
  });
});
