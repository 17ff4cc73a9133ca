import { resnet50 } from "@fledge/resnet";
import { describe, expect, test } from "vitest";
import { parseOptions } from "../peers/options.ts";
import { resnet50Of } from "../peers/resnet50.ts";
import { casesOf, kinds } from "../peers/tasks.ts";

test("the peers' ResNet-50 uses every variable of Fledge's once, with its shape", () => {
  const seen: string[] = [];
  const weigh = (name: string): string => name;
  resnet50Of<string>(
    {
      conv: (_, name, { kernel }) => {
        seen.push(`${name}.weight ${kernel}`);
        return weigh(name);
      },
      norm: (_, name) => {
        for (const part of ["weight", "bias", "running_mean", "running_var"]) seen.push(`${name}.${part}`);
        return weigh(name);
      },
      relu: (x) => x,
      add: (a) => a,
      maxPool: (x) => x,
      globalAveragePool: (x) => x,
      linear: (_, name) => {
        seen.push(`${name}.weight`, `${name}.bias`);
        return weigh(name);
      },
    },
    "images",
  );
  const ours = resnet50({ classes: 1000 }).variables.map(({ name, shape }) =>
    shape.length === 4 ? `${name} ${shape[0]}` : name,
  );
  expect(seen.sort()).toEqual(ours.sort());
});

test("cases have names of their own", () => {
  const names = casesOf(kinds, [64, 224], false).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(casesOf(["train"], [64], true).map(({ task }) => task)).toMatchObject([{ kind: "train", side: 64 }]);
});

describe("options", () => {
  test("a whole run writes into bench/results, a part of one does not", () => {
    expect(parseOptions([])).toMatchObject({
      rounds: 5,
      slowRounds: 2,
      sides: [64, 224],
      only: kinds,
      out: expect.stringMatching(/bench.results$/),
    });
    for (const part of [["--quick"], ["--only", "conv"], ["--peers", "tfjs"], ["--sizes", "64"]]) {
      expect(parseOptions(part).out).toMatch(/\.cache.peers$/);
    }
  });

  test.each([
    [["--only", "convolutions"], '"convolutions" is none of train, forward, conv, batchnorm'],
    [["--peers", "tfjs,keras"], '"keras" is none of'],
    [["--rounds", "0"], "--rounds 0: give a whole number from 1"],
    [["--sizes", "64,big"], "--sizes big: give a whole number from 33"],
    [["--fast"], "Unknown option '--fast'"],
  ])("%j is refused", (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});
