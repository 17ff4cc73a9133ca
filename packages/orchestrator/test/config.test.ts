import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { presets } from "../src/config/presets.ts";
import { checkConfig, parseAssignment, resolveConfig, UsageError } from "../src/config/resolve.ts";
import { differencesFrom } from "../src/report/differences.ts";

/** The message of the UsageError that setting these keys gives. */
function refusal(...assignments: string[]): string {
  try {
    resolveConfig("demo", assignments.map(parseAssignment));
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error(`${assignments.join(" ")} was accepted`);
}

describe("presets", () => {
  it.each(Object.keys(presets))("%s is a valid configuration that bears its name", (name) => {
    expect(checkConfig(presets[name], name)).toEqual(presets[name]);
    expect(presets[name]!.preset).toBe(name);
  });

  it("trains in the paper-text preset as sections 3 and 4 of the paper say", () => {
    const { data, network, epochs, training, split, randAugment, evaluation, pseudoLabels } = presets["paper-text"]!;
    expect(data.imageSize).toBe(224);
    expect(network).toMatchObject({ depth: 50, width: 64 });
    expect(epochs).toEqual({ teacher: 100, pseudoLabelled: 50, labelled: 50 });
    expect(training).toMatchObject({
      batchSize: 32,
      learningRate: 0.01,
      momentum: 0.9,
      weightDecay: 0,
      stepSize: 30,
      gamma: 0.1,
    });
    expect(split).toEqual({ seed: 42, validation: 0.1, test: 0.2 });
    expect(pseudoLabels).toMatchObject({ from: "own-split", validation: 0.3 });
    expect(randAugment).toEqual({ library: "jizongfox", order: "before-crop" });
    expect(evaluation.repeats).toBe(5);
  });

  it("keeps ResNet-50's depth, the split, RandAugment and the five evaluations in the demo preset", () => {
    const [demo, paper] = [presets["demo"]!, presets["paper-text"]!];
    expect(demo.network).toMatchObject({ depth: 50, weights: null });
    expect(demo.data.imageSize).toBe(64);
    expect(demo.split).toEqual(paper.split);
    expect(demo.randAugment).toEqual(paper.randAugment);
    expect(demo.evaluation.repeats).toBe(5);
  });
});

describe("resolveConfig", () => {
  it("lays overrides over the preset in order and leaves the rest as it was", () => {
    const config = resolveConfig("demo", [{ seed: 7, training: { batchSize: 4 } }, { training: { batchSize: 8 } }]);
    expect(config).toEqual({ ...presets["demo"], seed: 7, training: { ...presets["demo"]!.training, batchSize: 8 } });
  });

  it("takes an undefined override as none", () => {
    expect(resolveConfig("demo", [{ seed: undefined, data: { labelled: undefined } }])).toEqual(presets["demo"]);
  });

  it("takes paper for paper-text and says the whole name from then on", () => {
    expect(resolveConfig("paper", [{ seed: 7 }])).toEqual({ ...presets["paper-text"], seed: 7 });
    expect(() => resolveConfig("paper", [{ seed: -1 }])).toThrow(
      /preset paper-text with your changes: seed: -1 will not do/,
    );
  });

  it("does not change the preset it starts from", () => {
    const before = structuredClone(presets["demo"]);
    resolveConfig("demo", [{ training: { learningRate: 1 } }]);
    expect(presets["demo"]).toEqual(before);
  });

  it("names the presets where the one asked for does not exist", () => {
    expect(() => resolveConfig("nope", [])).toThrow(/no preset "nope".*paper-text, paper-code, clean, demo/);
  });
});

describe("the switches between the presets", () => {
  /** Every key in which a preset differs from paper-text, with its value there. */
  const switches = ["paper-code", "clean"].flatMap((name) =>
    differencesFrom("paper-text", presets[name]!).map(({ key, here }) => [key, here] as const),
  );

  it.each(switches)("%s can be set to %s alone", (key, value) => {
    const config = resolveConfig("paper-text", [parseAssignment(`${key}=${value}`)]);
    expect(differencesFrom("paper-text", config).map((difference) => [difference.key, difference.here])).toEqual([
      [key, value],
    ]);
  });

  it("are these, and each stands in docs/reproduction.md", async () => {
    const keys = switches.map(([key]) => key).sort();
    expect(keys).toEqual([
      "data.removeTestOverlap",
      "pseudoLabels.from",
      "pseudoLabels.heldOut",
      "pseudoLabels.heldOutSeed",
      "pseudoLabels.splitSeed",
      "pseudoLabels.stepSize",
      "pseudoLabels.teacherMode",
      "pseudoLabels.view",
      "teacherTraining.batchSize",
      "teacherTraining.stepSize",
      "views.evaluation",
    ]);
    const table = await readFile(join(import.meta.dirname, "..", "..", "..", "docs", "reproduction.md"), "utf8");
    for (const key of keys) expect(table).toContain(`\`${key}\``);
  });
});

describe("--set", () => {
  it.each<[string, object]>([
    ["training.batchSize=16", { training: { batchSize: 16 } }],
    ["seed=3", { seed: 3 }],
    ["data.labelled=/some/where=else", { data: { labelled: "/some/where=else" } }],
    ["network.weights=null", { network: { weights: null } }],
    ["views.scale=[0.5,1]", { views: { scale: [0.5, 1] } }],
    ["views.flip=false", { views: { flip: false } }],
    ["data.labelled=", { data: { labelled: "" } }],
  ])("parses %s", (assignment, expected) => {
    expect(parseAssignment(assignment)).toEqual(expected);
  });

  it.each(["training.batchSize", "=3", ""])("refuses %j with an example", (assignment) => {
    expect(() => parseAssignment(assignment)).toThrow(/key=value.*--set training.batchSize=16/);
  });

  it.each([
    ["training.learningRate=abc", "training.learningRate"],
    ["training.learningRate=-1", "training.learningRate"],
    ["training.batchSize=1", "training.batchSize"],
    ["training.batchSize=2.5", "training.batchSize"],
    ["seed=-1", "seed"],
    ["seed=4294967296", "seed"],
    ["data.imageSize=16", "data.imageSize"],
    ["data.labelled=", "data.labelled"],
    ["network.depth=42", "network.depth"],
    ["network.width=0", "network.width"],
    ["network.dropout=1", "network.dropout"],
    ["network.stochasticDepth.rate=-0.1", "network.stochasticDepth.rate"],
    ["network.stochasticDepth.rule=constant", "network.stochasticDepth.rule"],
    ["network.noised=teachers", "network.noised"],
    ["epochs.teacher=0", "epochs.teacher"],
    ["split.validation=0", "split.validation"],
    ["split.test=1", "split.test"],
    ["pseudoLabels.from=nobody", "pseudoLabels.from"],
    ["pseudoLabels.heldOut=1", "pseudoLabels.heldOut"],
    ["pseudoLabels.splitSeed=4294967296", "pseudoLabels.splitSeed"],
    ["teacherTraining.batchSize=1", "teacherTraining.batchSize"],
    ["evaluation.randAugmentOrder=never", "evaluation.randAugmentOrder"],
    ["views.evaluation=all", "views.evaluation"],
    ["views.scale=[1,0.5]", "views.scale"],
    ["views.resize=40", "views.resize"],
    ["randAugment.library=timm", "randAugment.library"],
    ["evaluation.repeats=0", "evaluation.repeats"],
    ["loader.workers=-1", "loader.workers"],
    ["training=3", "training"],
  ])("names the key at fault in %s", (assignment, key) => {
    expect(refusal(assignment)).toContain(` ${key}: `);
  });

  it.each(["nope=1", "training.nope=1", "__proto__.nope=1", "constructor.nope=1"])(
    "names the key that does not exist in %s",
    (assignment) => {
      expect(refusal(assignment)).toMatch(/(nope|__proto__|constructor): there is no such setting; .* /);
    },
  );

  it.each([
    [
      "training.learningrate=0.1",
      "training.learningrate: there is no such setting; did you mean training.learningRate?",
    ],
    ["training.learning-rate=0.1", "did you mean training.learningRate?"],
    ["depth=18", "depth: there is no such setting; did you mean network.depth?"],
    ["randAugment.Library=x", "did you mean randAugment.library?"],
    ["training.lr=1", "training.lr: there is no such setting; training has batchSize, microBatchSize, precision, "],
    ["network.depth=20", "network.depth: 20 will not do; it may be one of 18, 34, 50, 101, 152"],
    ["network.weights=3", "network.weights: 3 will not do; it may be text or null"],
    ["training.learningRate=abc", 'training.learningRate: "abc" will not do; it may be a number above 0'],
    ["training.microBatchSize=1", "1 will not do; it may be a whole number from 2 to 16384 or null"],
    ["loader.workers=1000", "loader.workers: 1000 will not do; it may be a whole number from 0 to 128"],
    ["split.test=1", "split.test: 1 will not do; it may be a number above 0 and below 1"],
    ["views.flip=3", "views.flip: 3 will not do; it may be true or false"],
    ["views.scale=[1]", "views.scale: [1] will not do; it may be [a number above 0, a number above 0]"],
    ["views.evaluation=all", 'views.evaluation: "all" will not do; it may be one of random, center'],
    ["randAugment.library=timm", "it may be one of jizongfox, ildoonet, torchvision"],
    ["training=3", "training: 3 will not do; it may be its own settings: batchSize, microBatchSize, "],
  ])("says of %s what would be right", (assignment, message) => {
    expect(refusal(assignment)).toContain(message);
  });

  it("names every key at fault at once", () => {
    const message = refusal("nope=1", "training.gamma=0", "split.test=2");
    for (const part of ["nope: there is no such setting", "training.gamma", "split.test"])
      expect(message).toContain(part);
  });

  it("wants images left to train on", () => {
    expect(refusal("split.validation=0.5", "split.test=0.5")).toMatch(/split: .* leave no image to train on/);
  });

  it.each([
    [
      '{"Rotate":{"range":[0]}}',
      "randAugment.operations.Rotate.range: [0] will not do; it may be [a number of at least 0",
    ],
    ['{"Rotate":{"rang":[0,5]}}', "randAugment.operations.Rotate has range, probability"],
    [
      '{"Rotate":{"probability":2}}',
      "randAugment.operations.Rotate.probability: 2 will not do; it may be a number from 0 to 1",
    ],
    ['{"Rotate":{"range":[0,12]}}', "operations.Rotate.range is [0, 12]; give two of jizongfox's magnitudes, 0 to 9"],
    ['{"Invert":{"range":[0,1]}}', "jizongfox's Invert has no magnitude"],
    ['{"Rotat":{}}', 'no operation "Rotat"; did you mean "Rotate"?'],
    ["3", "it may be a list of text or names, each with its own settings: range, probability"],
  ])("names what is wrong with randAugment.operations=%s", (operations, message) => {
    expect(refusal(`randAugment.operations=${operations}`)).toContain(message);
  });

  it("takes operations by name, with what makes each keep its meaning", () => {
    const operations = { Rotate: { range: [0, 5] as [number, number], probability: 0.3 }, Color: {} };
    expect(resolveConfig("demo", [{ randAugment: { operations } }]).randAugment.operations).toEqual(operations);
    expect(parseAssignment("randAugment.operations.Rotate.range=[0,5]")).toEqual({
      randAugment: { operations: { Rotate: { range: [0, 5] } } },
    });
  });

  it("checks RandAugment's own options against its library", () => {
    expect(refusal('randAugment.operations=["Rotate","Bogus"]')).toMatch(/randAugment: .*no operation "Bogus"/);
    expect(refusal("randAugment.library=torchvision", "randAugment.m=31")).toMatch(
      /randAugment: m must be in 0 .. 30, got 31/,
    );
    expect(refusal("randAugment.library=ildoonet")).toMatch(/randAugment.n[^]*randAugment.m/);
    expect(refusal("randAugment.bins=3")).toMatch(
      /randAugment.bins: there is no such setting; randAugment has library, .*maxTranslation/,
    );
  });

  it("takes another RandAugment whole", () => {
    const set = ["randAugment.library=ildoonet", "randAugment.n=2", "randAugment.m=9"].map(parseAssignment);
    expect(resolveConfig("demo", set).randAugment).toEqual({ library: "ildoonet", order: "before-crop", n: 2, m: 9 });
  });
});

describe("settings of the student that contradict one another", () => {
  const joint = "student.objective=joint";
  const generation = "pseudoLabels.made=generation";
  const balance = 'pseudoLabels.select={"rule":"balance","imagesPerClass":9,"minimum":0.3,"upsample":true}';

  it.each([
    [["pseudoLabels.made=epoch", "pseudoLabels.teacherMode=train"], 'pseudoLabels.teacherMode: "train" labels by'],
    [[generation, "pseudoLabels.view=student"], 'pseudoLabels.view: "student" is another view in every epoch'],
    [
      [balance],
      "pseudoLabels.select: images are chosen among labels that are stored, and these are made for each batch",
    ],
    [[balance, "pseudoLabels.made=epoch"], 'and these are made for each epoch: set pseudoLabels.made to "generation"'],
    [[balance, generation, "pseudoLabels.heldOut=0.2"], "pseudoLabels.heldOut: images are held out of all unlabelled"],
    [[joint, "pseudoLabels.heldOut=0.2"], "pseudoLabels.heldOut: held-out images validate a stretch on pseudo-labels"],
    [["pseudoLabels.targets=soft", "pseudoLabels.labelSmoothing=0.1"], "pseudoLabels.labelSmoothing: it smooths hard"],
    [
      ["pseudoLabels.mean=kept", "pseudoLabels.threshold=0.5", "training.microBatchSize=16"],
      "pseudoLabels.mean: a step in parts",
    ],
    [[joint, "pseudoLabels.mean=kept", "pseudoLabels.threshold=0.5", "training.microBatchSize=32"], "a step in parts"],
    [
      [joint, "student.unlabelledPerLabelled=4", "training.microBatchSize=4"],
      "training.microBatchSize: a part of a joint",
    ],
  ])("%j are refused with the mend", (assignments, message) => {
    expect(refusal(...assignments)).toContain(message);
  });

  it("are none where one of them is not at work", () => {
    const config = (...assignments: string[]) => resolveConfig("demo", assignments.map(parseAssignment));
    expect(config("pseudoLabels.mean=kept", "training.microBatchSize=16").pseudoLabels.mean).toBe("kept");
    const kept = ["pseudoLabels.mean=kept", "pseudoLabels.threshold=0.5"];
    expect(config(...kept, "training.microBatchSize=32").pseudoLabels.threshold).toBe(0.5);
    expect(config(joint, ...kept, "training.microBatchSize=64").student.objective).toBe("joint");
    expect(config(joint, "student.unlabelledPerLabelled=4", "training.microBatchSize=5").training.microBatchSize).toBe(
      5,
    );
    expect(config(balance, generation).pseudoLabels.select).toMatchObject({ rule: "balance", imagesPerClass: 9 });
  });
});

it("a wrong selection is told with what it may be, by its rule", () => {
  const select = (value: object) =>
    refusal("pseudoLabels.made=generation", `pseudoLabels.select=${JSON.stringify(value)}`);
  expect(select({ rule: "best" })).toContain(
    'pseudoLabels.select.rule: "best" will not do; it may be one of balance, top-k',
  );
  expect(select({ rule: "top-k", imagesPerClass: 0, classesPerImage: 1 })).toContain(
    "pseudoLabels.select.imagesPerClass: 0 will not do; it may be a whole number of at least 1",
  );
  expect(select({ rule: "top-k", imagesPerClass: 3, classesPerImage: 1, minimum: 0 })).toContain(
    "pseudoLabels.select.minimum: there is no such setting; pseudoLabels.select has rule, imagesPerClass, classesPerImage",
  );
  expect(refusal("pseudoLabels.threshold=[0.2,2]")).toContain("a number from 0 to 1 or a list of a number from 0 to 1");
});
