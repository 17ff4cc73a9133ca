import { readFile } from "node:fs/promises";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { crc32c, maskedCrc32c } from "../src/crc32c.ts";
import { EventFile, histogramOf } from "../src/index.ts";
import { decodeFields, recordsOf, type Field } from "./decode.ts";

const folder = mkdtempSync(join(tmpdir(), "fledge-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The fields of a message that a field of another one holds. */
const inside = (fields: readonly Field[], number: number): Field[] =>
  decodeFields(fields.find((field) => field.number === number)!.value as Uint8Array);
const valueOf = (fields: readonly Field[], number: number): Field["value"] | undefined =>
  fields.find((field) => field.number === number)?.value;
const textOf = (fields: readonly Field[], number: number): string =>
  Buffer.from(valueOf(fields, number) as Uint8Array).toString();

/** The events of a file, by a reader that knows nothing of protobufjs. */
const eventsOf = async (file: EventFile): Promise<Field[][]> =>
  recordsOf(await readFile(file.path)).map((record) => decodeFields(record));

/** The only value of an event's summary. */
const summaryValue = (event: readonly Field[]): Field[] => inside(inside(event, 5), 1);

const doubles = (bytes: Uint8Array): number[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 8 }, (_, index) => view.getFloat64(8 * index, true));
};

describe("the checksum", () => {
  // RFC 3720, appendix B.4.
  it.each([
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(0xff), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    [new TextEncoder().encode("123456789"), 0xe3069283],
  ])("is Castagnoli's (%#)", (bytes, crc) => {
    expect(crc32c(bytes)).toBe(crc);
  });

  it("is masked as TFRecord masks it", () => {
    // By the formula of tensorflow/core/lib/hash/crc32c.h in whole numbers: rotated right by 15, then shifted.
    const crc = 0xe3069283n;
    const rotated = ((crc >> 15n) | (crc << 17n)) & 0xffffffffn;
    expect(maskedCrc32c(new TextEncoder().encode("123456789"))).toBe(Number((rotated + 0xa282ead8n) & 0xffffffffn));
  });
});

describe("an event file", () => {
  it("is named as TensorBoard looks for it, in a folder that it makes, and begins with the version", async () => {
    const file = new EventFile(join(folder, "deep", "teacher"), 1_700_000_000_000);
    expect(basename(file.path)).toMatch(/^events\.out\.tfevents\.1700000000\./);
    const [first, ...others] = await eventsOf(file);
    expect(textOf(first!, 3)).toBe("brain.Event:2");
    expect(valueOf(first!, 1)).toBeGreaterThan(1.7e9);
    expect(others).toEqual([]);
  });

  it("does not write over another of the same second", () => {
    const names = [1, 2].map(() => new EventFile(folder, 1_700_000_000_000).path);
    expect(new Set(names).size).toBe(2);
  });

  it("holds scalars under their tags, NaN among them", async () => {
    const file = new EventFile(folder);
    file.scalars(300, { "loss/training": 1.5, "loss/validation": NaN });
    const [, event] = await eventsOf(file);
    expect(valueOf(event!, 2)).toBe(300);
    const values = inside(event!, 5).length;
    expect(values).toBe(2);
    const both = decodeFields(valueOf(event!, 5) as Uint8Array).map(({ value }) => decodeFields(value as Uint8Array));
    expect(both.map((value) => [textOf(value, 1), valueOf(value, 2)])).toEqual([
      ["loss/training", 1.5],
      ["loss/validation", NaN],
    ]);
  });

  it("holds an image, a histogram and text for the plugin of that name", async () => {
    const file = new EventFile(folder);
    file.image(1, "examples", { encoded: Uint8Array.of(1, 2, 3), width: 40, height: 20 });
    file.histogram(2, "confidence", histogramOf([0.1, 0.3, 0.5, 0.9, 2], [0.25, 0.5, 1]));
    file.text(3, "configuration", "# Möwe");
    const [, image, histogram, text] = await eventsOf(file);
    const picture = inside(summaryValue(image!), 4);
    expect([1, 2, 3].map((number) => valueOf(picture, number))).toEqual([20, 40, 3]);
    expect([...(valueOf(picture, 4) as Uint8Array)]).toEqual([1, 2, 3]);
    const histo = inside(summaryValue(histogram!), 5);
    expect([1, 2, 3].map((number) => valueOf(histo, number))).toEqual([0.1, 2, 5]);
    expect(valueOf(histo, 4)).toBeCloseTo(3.8, 12);
    expect(valueOf(histo, 5)).toBeCloseTo(0.01 + 0.09 + 0.25 + 0.81 + 4, 12);
    expect(doubles(valueOf(histo, 6) as Uint8Array)).toEqual([0.25, 0.5, 1]);
    expect(doubles(valueOf(histo, 7) as Uint8Array)).toEqual([1, 2, 2]);
    const value = summaryValue(text!);
    expect(textOf(inside(inside(value, 9), 1), 1)).toBe("text");
    const tensor = inside(value, 8);
    expect([valueOf(tensor, 1), textOf(tensor, 8)]).toEqual([7, "# Möwe"]);
  });

  it("says from which step on earlier files do not count", async () => {
    const file = new EventFile(folder);
    file.restartAt(120);
    const [, event] = await eventsOf(file);
    expect(valueOf(event!, 2)).toBe(120);
    expect(valueOf(inside(event!, 7), 1)).toBe(1);
  });

  it("fails the reader's checksums where a byte is another", async () => {
    const file = new EventFile(folder);
    file.scalars(1, { loss: 1 });
    const bytes = await readFile(file.path);
    bytes[bytes.length - 6]! ^= 1;
    expect(() => recordsOf(bytes)).toThrow("checksum");
  });
});

it("wants a bin for a histogram", () => {
  expect(() => histogramOf([1], [])).toThrow("there is no bin");
});
