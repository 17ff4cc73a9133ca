import { ink, rightColour, wrongColour, type Coordinates } from "../chart-style.ts";
import { svgChart } from "../svg-chart.ts";
import type { AnswersSummary } from "./answers.ts";

/** Up to so many classes their names stand beside the matrix, and up to so many a number in each cell. */
const [mostNamed, mostNumbered] = [40, 16] as const;

const shorten = (name: string): string => (name.length > 24 ? `${name.slice(0, 23)}…` : name);

/** A cell, the fuller the larger its share of the row; its number where there is room. */
function cell(api: Coordinates, numbered: boolean): unknown {
  const [column, row, share, times] = [0, 1, 2, 3].map((dimension) => api.value(dimension)) as [
    number,
    number,
    number,
    number,
  ];
  const [x, y] = api.coord([column, row]);
  const [width, height] = api.size([1, 1]).map(Math.abs) as [number, number];
  const gap = numbered ? 1 : 0;
  const shape = { x: x - width / 2 + gap, y: y - height / 2 + gap, width: width - 2 * gap, height: height - 2 * gap };
  const colour = column === row ? rightColour : wrongColour;
  const square = { type: "rect", shape, style: { fill: colour, opacity: 0.2 + 0.8 * share } };
  if (!numbered) return square;
  const text = { text: String(times), x, y, align: "center", verticalAlign: "middle", fill: ink, fontSize: 11 };
  return { type: "group", children: [square, { type: "text", style: text }] };
}

/** A confusion matrix: a row for each class of the images, a column for what they were taken for; an SVG document. */
export function confusionSvg({ classes, matrix, support }: AnswersSummary, title: string): string {
  const count = classes.length;
  const named = count <= mostNamed;
  const names = classes.map(shorten);
  const room = named ? 24 + 6.2 * Math.max(...names.map(({ length }) => length)) : 48;
  const side = Math.min(620, Math.max(180, 34 * count));
  const axis = {
    type: "category",
    data: names,
    axisTick: { show: false },
    splitLine: { show: numbered(count), interval: 0 },
  };
  const label = { show: named, interval: 0, fontSize: 10 };
  const data = Array.from(matrix.keys()).flatMap((at) => {
    const [row, column] = [Math.floor(at / count), at % count];
    return matrix[at] === 0 ? [] : [[column, row, matrix[at]! / support[row]!, matrix[at]]];
  });
  return svgChart(
    {
      grid: { left: room, right: 16, top: 8, bottom: room },
      xAxis: {
        ...axis,
        name: "taken for",
        nameLocation: "middle",
        nameGap: room - 18,
        axisLabel: { ...label, rotate: 90 },
      },
      yAxis: {
        ...axis,
        name: "own class",
        nameLocation: "middle",
        nameGap: room - 18,
        inverse: true,
        axisLabel: label,
      },
      series: [
        {
          type: "custom",
          renderItem: (_: unknown, api: Coordinates) => cell(api, numbered(count)),
          encode: { x: 0, y: 1 },
          data,
        },
      ],
    },
    { width: Math.round(side + room + 16), height: Math.round(side + room + 8) },
    `${title}: confusion matrix`,
  );
}

const numbered = (classes: number): boolean => classes <= mostNumbered;
