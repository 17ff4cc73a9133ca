import { relu } from "@fledge/elementwise";
import { expect, it } from "vitest";
import { operator } from "../src/operator.ts";

it("an operator without a gradient rule is a type error", () => {
  // @ts-expect-error the rule is missing
  const missing = operator<{ count: number }, "x", "out">(relu, ["x"], ["out"]);
  // @ts-expect-error the rule leaves input x out
  const partial = operator<{ count: number }, "x", "out">(relu, ["x"], ["out"], () => ({}));
  const whole = operator<{ count: number }, "x", "out">(relu, ["x"], ["out"], (_node, { out }) => ({ x: () => out! }));
  expect([missing, partial, whole]).toHaveLength(3);
});
