import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeDemoDataset } from "@fledge/drawn-birds";
import sharp from "sharp";
import { create } from "tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "../src/verify/finding.ts";
import { verifyArchive } from "../src/verify/verify-archive.ts";
import { verifyClasses } from "../src/verify/verify-classes.ts";
import { verifyDatasets } from "../src/verify/verify-datasets.ts";
import { temporaryFolder } from "./folders.ts";
import { writeTgz } from "./tars.ts";

const birds = mkdtempSync(join(tmpdir(), "fledge-birds-"));
afterAll(() => rmSync(birds, { recursive: true, force: true }));
beforeAll(async () => {
  const counts = { speciesCount: 3, imagesPerSpecies2010: 4, imagesPerSpecies2011: 5 };
  await makeDemoDataset(birds, { ...counts, overlapShare: 0, sideRange: [48, 56] });
});

/** A copy of the drawn birds that a test may spoil. */
function copy(): { folder: string; labelled: string; unlabelled: string } {
  const folder = temporaryFolder();
  cpSync(birds, folder, { recursive: true });
  return { folder, labelled: join(folder, "CUB_200_2010"), unlabelled: join(folder, "CUB_200_2011") };
}

/** The copy's data sets as archives, in the published form. */
async function archives(folder: string): Promise<{ images: string; lists: string; later: string }> {
  const pack = async (name: string, cwd: string, path: string): Promise<string> => {
    const file = join(folder, name);
    await create({ file, cwd, gzip: true }, [path]);
    return file;
  };
  return {
    images: await pack("images.tgz", join(folder, "CUB_200_2010"), "images"),
    lists: await pack("lists.tgz", join(folder, "CUB_200_2010"), "lists"),
    later: await pack("CUB_200_2011.tgz", folder, "CUB_200_2011"),
  };
}

const of = (findings: readonly Finding[], check: string): Finding[] =>
  findings.filter((finding) => finding.check === check);
const wrong = (findings: readonly Finding[]): Finding[] => findings.filter(({ verdict }) => verdict === "wrong");
const firstImage = (root: string): string => {
  const [folder] = readdirSync(join(root, "images")).sort() as [string];
  return join(root, "images", folder, readdirSync(join(root, "images", folder)).sort()[0]!);
};

describe("folders", () => {
  it("finds nothing wrong with drawn birds, and counts what the manifest counts", async () => {
    const { labelled, unlabelled } = copy();
    const progress: string[] = [];
    const onProgress = (role: string, done: number, total: number): void =>
      void progress.push(`${role} ${done}/${total}`);
    const findings = await verifyDatasets({ labelled: [labelled], unlabelled: [unlabelled], onProgress });
    expect(findings.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
    expect(of(findings, "images").map(({ data, found }) => [data, found])).toEqual([
      ["labelled", "12"],
      ["unlabelled", "15"],
    ]);
    expect(progress).toContain("labelled 12/12");
    expect(progress).toContain("unlabelled 15/15");
    expect(new Set(findings.map(({ data }) => data))).toEqual(new Set(["labelled", "unlabelled", "both"]));
  });

  it("holds a folder without a manifest against the published counts", async () => {
    const { folder, labelled, unlabelled } = copy();
    rmSync(join(folder, "manifest.json"));
    const findings = await verifyDatasets({ labelled: [labelled], unlabelled: [unlabelled] });
    const told = wrong(findings).map(({ data, check, expected, found }) => [data, check, expected, found]);
    expect(told).toEqual([
      ["labelled", "images", "6033", "12"],
      ["labelled", "classes", "200", "3"],
      ["unlabelled", "images", "11788", "15"],
      ["unlabelled", "classes", "200", "3"],
      ["unlabelled", "official train + test", "5994 + 5794", "9 + 6"],
    ]);
    expect(wrong(findings).every(({ mend }) => mend !== "")).toBe(true);
    expect(of(findings, "official train + test")[0]).toMatchObject({
      data: "labelled",
      verdict: "note",
      found: "6 + 6",
    });
    expect(of(findings, "greyscale images")[0]).toMatchObject({
      verdict: "note",
      expected: "448 1401 3617 3619 3780 5029 5393 6321",
      found: "1",
    });
  });

  it("names a missing image by the list and line that want it", async () => {
    const { labelled } = copy();
    rmSync(firstImage(labelled));
    const [fault, ...others] = wrong(await verifyDatasets({ labelled: [labelled] }));
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ data: "labelled", check: "reading" });
    expect(fault!.found).toMatch(/files.txt:\d+: the image ".*" does not exist/);
    expect(fault!.mend).toMatch(/Extract the images again/);
  });

  it("names broken images and images that no list has", async () => {
    const { unlabelled } = copy();
    const broken = firstImage(unlabelled);
    truncateSync(broken, 500);
    const stray = join(broken, "..", "stray.jpg");
    cpSync(firstImage(join(birds, "CUB_200_2011")), stray);
    const findings = await verifyDatasets({ unlabelled: [unlabelled] });
    expect(wrong(findings)).toHaveLength(1);
    expect(of(findings, "broken images")[0]).toMatchObject({ verdict: "wrong", expected: "0", found: "1" });
    expect(of(findings, "broken images")[0]!.details[0]).toContain(broken);
    expect(of(findings, "images in no list")[0]).toMatchObject({ verdict: "note", found: "1" });
    expect(of(findings, "images in no list")[0]!.details[0]).toMatch(/stray.jpg$/);
  });

  it("gives the numbers of the greyscale images of 2011", async () => {
    const { unlabelled } = copy();
    // Under its default seed, the demo draws its first image in grey, as CUB has a few.
    expect(of(await verifyDatasets({ unlabelled: [unlabelled] }), "greyscale images")[0]!.found).toBe("1");
    const images = readFileSync(join(unlabelled, "images.txt"), "utf8").trim().split("\n");
    for (const line of [11, 1]) {
      const file = join(unlabelled, "images", images[line]!.split(" ")[1]!);
      writeFileSync(file, await sharp(readFileSync(file)).toColourspace("b-w").jpeg().toBuffer());
    }
    const findings = await verifyDatasets({ unlabelled: [unlabelled] });
    expect(of(findings, "greyscale images")[0]!.found).toBe("1 2 12");
  });

  it("tells swapped data sets, and a folder without lists", async () => {
    const { labelled, unlabelled } = copy();
    const swapped = of(await verifyDatasets({ labelled: [unlabelled] }), "layout")[0];
    expect(swapped).toMatchObject({ verdict: "wrong", found: "cub-200-2011", mend: "Swap the two data sets" });
    rmSync(join(labelled, "lists"), { recursive: true });
    const bare = await verifyDatasets({ labelled: [labelled] });
    expect(wrong(bare)).toEqual([]);
    expect(of(bare, "layout")[0]).toMatchObject({ verdict: "note" });
  });

  it("finds a class list that is not the manifest's, and one with a gap", async () => {
    const { labelled } = copy();
    const [name] = readdirSync(join(labelled, "images")).sort() as [string];
    rmSync(join(labelled, "lists"), { recursive: true });
    renameSync(join(labelled, "images", name), join(labelled, "images", "001.Dodo"));
    const renamed = of(await verifyDatasets({ labelled: [labelled] }), "classes that the manifest lacks")[0];
    expect(renamed).toMatchObject({ verdict: "wrong", details: ["001.Dodo"] });
    const { unlabelled } = copy();
    writeFileSync(join(unlabelled, "classes.txt"), "1 001.Dodo\n2 003.Auk\n");
    expect(wrong(await verifyDatasets({ unlabelled: [unlabelled] }))[0]!.found).toMatch(
      /classes.txt: class 2 is "003.Auk"/,
    );
  });

  it("says of a path that is not there, or of a folder among others, what to give", async () => {
    const { labelled, unlabelled } = copy();
    expect(wrong(await verifyDatasets({ labelled: ["/nowhere"] }))[0]).toMatchObject({
      found: "/nowhere: this does not exist",
    });
    expect(wrong(await verifyDatasets({ labelled: [labelled, unlabelled] }))[0]!.mend).toMatch(/Give one folder/);
  });
});

describe("archives", () => {
  it("checks and keeps drawn birds in both published forms", async () => {
    const { folder } = copy();
    const { images, lists, later } = await archives(folder);
    const extractTo = join(folder, "out");
    const findings = await verifyDatasets({ labelled: [images, lists], unlabelled: [later], extractTo });
    expect(findings.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
    expect(of(findings, "images").map(({ found }) => found)).toEqual(["12", "15"]);
    expect(existsSync(join(extractTo, "CUB_200_2010", "lists", "files.txt"))).toBe(true);
    expect(existsSync(join(extractTo, "CUB_200_2011", "CUB_200_2011", "images.txt"))).toBe(true);
    expect(readdirSync(extractTo).sort()).toEqual(["CUB_200_2010", "CUB_200_2011"]);

    const again = wrong(await verifyDatasets({ labelled: [images, lists], extractTo }));
    expect(again[0]!.found).toMatch(/CUB_200_2010: this exists, and nothing is overwritten/);
  });

  it("holds archives against the published hashes, and keeps none that differ", async () => {
    const { folder } = copy();
    const { images, lists, later } = await archives(folder);
    rmSync(join(folder, "manifest.json"));
    const extractTo = join(folder, "out");
    const findings = await verifyDatasets({ labelled: [images, lists], unlabelled: [later], extractTo });
    const told = wrong(findings).map(({ check }) => check);
    expect(told).toEqual(
      expect.arrayContaining(["images.tgz: bytes", "images.tgz: sha256", "lists.tgz: sha256", "CUB_200_2011.tgz: md5"]),
    );
    expect(of(findings, "CUB_200_2011.tgz: md5")[0]).toMatchObject({ expected: "97eceeb196236b17998738112f37df78" });
    expect(of(findings, "images").map(({ found }) => found)).toEqual(["12", "15"]);
    expect(of(findings, "extracted to").map(({ found }) => found)).toEqual(["checked, not kept", "checked, not kept"]);
    expect(existsSync(extractTo)).toBe(false);
  });

  it("names an archive of another name, and one that leaves its folder", async () => {
    const folder = temporaryFolder();
    const inner = join(folder, "inner");
    mkdirSync(inner);
    const hostile = writeTgz(join(inner, "birds.tgz"), [{ path: "../escaped.txt", body: "x" }]);
    const findings = await verifyDatasets({ labelled: [hostile], extractTo: join(inner, "out") });
    expect(of(findings, "archive")[0]).toMatchObject({
      expected: "images.tgz, lists.tgz",
      found: "birds.tgz",
      verdict: "wrong",
    });
    expect(of(findings, "reading")[0]!.found).toMatch(
      /birds.tgz: this archive is refused: "..\/escaped.txt" leaves the folder/,
    );
    expect([readdirSync(folder), readdirSync(inner)]).toEqual([["inner"], ["birds.tgz"]]);
  });
});

describe("verifyArchive", () => {
  // "abc" with the hashes of FIPS 180 and RFC 1321.
  const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const published = [{ file: "abc.tgz", sizeBytes: 3, sha256, md5: "900150983cd24fb0d6963f7d28e17f72" }];
  const verdicts = async (name: string, content: string): Promise<string[]> => {
    const file = join(temporaryFolder(), name);
    writeFileSync(file, content);
    return (await verifyArchive("unlabelled", file, published)).map(({ check, verdict }) => `${check} ${verdict}`);
  };

  it("knows an archive by its hash, whatever its name, and by its name where the hash differs", async () => {
    const sound = (name: string): string[] => [`${name}: bytes ok`, `${name}: sha256 ok`, `${name}: md5 ok`];
    expect(await verdicts("abc.tgz", "abc")).toEqual(sound("abc.tgz"));
    expect(await verdicts("abc(1).tgz", "abc")).toEqual(sound("abc(1).tgz"));
    expect(await verdicts("abc.tgz", "abd")).toEqual([
      "abc.tgz: bytes ok",
      "abc.tgz: sha256 wrong",
      "abc.tgz: md5 wrong",
    ]);
    expect(await verdicts("abc.tgz", "ab")).toEqual([
      "abc.tgz: bytes wrong",
      "abc.tgz: sha256 wrong",
      "abc.tgz: md5 wrong",
    ]);
    expect(await verdicts("other.tgz", "ab")).toEqual(["archive wrong"]);
  });
});

describe("verifyClasses", () => {
  const verdicts = (labelled: string[], unlabelled: string[]): string[] =>
    verifyClasses(labelled, unlabelled).map(({ verdict }) => verdict);

  it("lets letter case pass, notes another spelling, and refuses a moved or a missing class", () => {
    expect(verdicts(["001.Auk", "002.Emu"], ["001.auk", "002.Emu"])).toEqual(["ok", "ok", "ok"]);
    expect(verdicts(["001.Auk", "002.Emu"], ["001.Great_Auk", "002.Emu"])).toEqual(["ok", "ok", "note"]);
    expect(verdicts(["001.Auk", "002.Emu"], ["001.Emu", "002.Auk"])).toEqual(["ok", "wrong", "ok"]);
    expect(verdicts(["001.Auk", "002.Emu"], ["001.Auk"])).toEqual(["wrong", "ok", "ok"]);
    expect(verdicts(["001.Auk"], ["001.Auk", "002.Emu"])).toEqual(["wrong", "ok", "ok"]);
  });
});
