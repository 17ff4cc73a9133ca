import { expect, it } from "vitest";
import { mixImages } from "../src/index.ts";

it.each([
  [{ N: 0, H: 2, W: 2, C: 3 }, "N is 0"],
  [{ N: 1, H: 2.5, W: 2, C: 3 }, "H is 2.5"],
  [{ N: 2 ** 20, H: 2 ** 10, W: 2, C: 3 }, "pass 4 GiB"],
])("refuses %o", (shape, message) => {
  expect(() => mixImages.check(shape)).toThrow(message);
});
