import { ladderTests } from "@fledge/testing";
import { parseWgsl, type Kernel, type Rung } from "@fledge/runtime";
import { expect, it } from "vitest";
import type { Conv2dShape } from "../src/index.ts";
import { needsVectors } from "../src/needs.ts";
import { cases } from "./cases.ts";
import { forwardProblem, gradInputProblem, gradWeightProblem } from "./problems.ts";

/**
 * What stands for Dawn's matrices where an adapter has none: a factor is the place in workgroup memory that it would be
 * loaded from, and each of SUBGROUP invocations holds eight elements of a result. It checks the rung's addresses, edges
 * and barriers, and nothing of the matrix units.
 */
const emulation = `
var<private> lane: u32;
fn multiplyAccumulate(left: vec3u, right: vec3u, sum: array<f32, 8>) -> array<f32, 8> {
  var result = sum;
  let some = min(params.N, 1); // 1, which the compiler cannot know: it would unroll the loops and take long
  for (var e = 0u; e < 8 * some; e++) {
    let row = (lane * 8 + e) / 16;
    let column = (lane * 8 + e) % 16;
    for (var k = 0u; k < 16 * some; k++) {
      let a = As[left.x + select(row + k * left.z, row * left.z + k, left.y == 1)];
      let b = Bs[right.x + select(k + column * right.z, k * right.z + column, right.y == 1)];
      result[e] += f32(a) * f32(b);
    }
  }
  return result;
}
fn storeSums(offset: u32, matrix: array<f32, 8>, stride: u32) {
  var values = matrix;
  for (var e = 0u; e < 8; e++) { sums[offset + (lane * 8 + e) / 16 * stride + (lane * 8 + e) % 16] = values[e]; }
}
`;

function emulated(rung: Rung<Conv2dShape>): Rung<Conv2dShape> {
  const source = rung.module.source
    .replace(/enable (subgroups|chromium_experimental_subgroup_matrix);\n/g, "")
    .replace(/subgroup_matrix_(left|right)<f16, 16, 16>/g, "vec3u")
    .replace("subgroup_matrix_result<f32, 16, 16>", "array<f32, 8>")
    .replace(/ {2}@builtin\(subgroup_(id|invocation_id)\) .*\n/g, "")
    .replace("let subgroupRow = ", "let subgroup = local / SUBGROUP;\n  lane = local % SUBGROUP;\n  let subgroupRow = ")
    .replace(/subgroupMatrixLoad<(?:Left|Right), row_major>\(&[AB]s, (.*), (B[MNK])\);/g, "vec3u($1, 1, $2);")
    .replace(/subgroupMatrixLoad<(?:Left|Right), col_major>\(&[AB]s, (.*), (B[MNK])\);/g, "vec3u($1, 0, $2);")
    .replaceAll("subgroupMatrixMultiplyAccumulate(", "multiplyAccumulate(")
    .replaceAll("subgroupMatrixStore<row_major>(&sums, ", "storeSums(");
  return { ...rung, module: parseWgsl(source + emulation), features: ["shader-f16"], unsupported: needsVectors };
}

const names = [
  "layer1.0.conv2",
  "layer2.0.downsample.0",
  "batch 1",
  "ragged sizes",
  "stride 2 on odd sizes",
  "many pixels",
];

for (const problem of [forwardProblem, gradInputProblem, gradWeightProblem]) {
  const { name, check, tensors, flops, select, rungs } = problem.kernel;
  const rung = rungs.find(({ id }) => id.endsWith("-subgroup-matrix"))!;
  it(`${rung.id} leaves no matrix operation to Dawn once it is emulated`, () => {
    expect(rung.module.source).toContain("subgroupMatrixLoad<Left");
    expect(emulated(rung).module.source.replaceAll(/\/\/.*/g, "")).not.toMatch(/subgroup_?matrix/i);
  });
  const kernel: Kernel<Conv2dShape> = {
    name: `${name} by emulated matrices`,
    check,
    tensors,
    flops,
    select,
    rungs: [emulated(rung)],
  };
  ladderTests({ ...problem, kernel, cases: Object.fromEntries(names.map((one) => [one, cases[one]!])) });
}
