import { expect, it } from "vitest";
import { htmlTable } from "../src/report/text-table.ts";

it("puts figures to the right, whatever their unit, and names, dates and hashes to the left", () => {
  const html = htmlTable(
    ["Model", "Mean", "Interval", "Points", "p", "Started", "Commit", "Setting"],
    [
      ["1", "40.0 % ± 1.2", "N/A", "+1.5", "< 0.001", "2026-11-27 02:00:00", "0123abcd", "0.1"],
      ["2", "5.0 %", "−∞ to ∞", "−0.5", "0.016", "2026-11-27 03:00:00", "4567abcd", '"text"'],
    ],
  );
  const figures = [...html.matchAll(/<th class="figure">(.*?)<\/th>/g)].map((match) => match[1]);
  expect(figures).toEqual(["Mean", "Interval", "Points", "p"]);
  expect(html.match(/<td class="figure">/g)).toHaveLength(8);
});

it("makes what it shows safe", () => {
  expect(htmlTable(["<b>"], [["a & b"]])).toContain("<th>&lt;b&gt;</th>");
});
