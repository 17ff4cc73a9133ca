import { expect, it, onTestFinished } from "vitest";
import { resumedWith } from "../src/cli/options.ts";
import { ownCommand } from "../src/run/own-command.ts";

it("is told as it can be typed again", () => {
  const { argv } = process;
  onTestFinished(() => void (process.argv = argv));
  process.argv = [
    "node",
    "fledge.mjs",
    "reproduce",
    "--run",
    "my runs/one",
    "--set",
    'randAugment.operations=["Rotate"]',
  ];
  expect(ownCommand()).toBe(`npx fledge reproduce --run 'my runs/one' --set 'randAugment.operations=["Rotate"]'`);
});

it("is given again what no run's folder keeps, where it was given", () => {
  expect(resumedWith({ software: "allow", tune: true })).toEqual([]);
  const given = { adapter: "my GPU", power: "low-power", software: "forbid", tune: false } as const;
  expect(resumedWith({ ...given, maxDeviceLosses: 0, tensorboard: true })).toEqual(
    ["--adapter", "my GPU", "--power", "low-power", "--software", "forbid", "--no-tune"].concat([
      "--max-device-losses",
      "0",
      "--tensorboard",
    ]),
  );
  expect(resumedWith({ software: "require", tune: true, tensorboard: "logs" })).toEqual([
    "--software",
    "require",
    "--tensorboard",
    "logs",
  ]);
});
