import { parseWgsl, precisionFeatures, traitsFor, type Rung } from "@fledge/runtime";

/**
 * What stands for Dawn's matrices where an adapter has none: a factor is the place in memory that it would be loaded
 * from, and each of SUBGROUP invocations holds eight elements of a result. It checks the rung's addresses, edges and
 * barriers, and nothing of the matrix units.
 */
const emulation = (left: string, right: string): string => `
var<private> lane: u32;
fn multiplyAccumulate(left: vec3u, right: vec3u, sum: array<f32, 8>) -> array<f32, 8> {
  var result = sum;
  let some = min(params.N, 1); // 1, which the compiler cannot know: it would unroll the loops and take long
  for (var e = 0u; e < 8 * some; e++) {
    let row = (lane * 8 + e) / 16;
    let column = (lane * 8 + e) % 16;
    for (var k = 0u; k < 16 * some; k++) {
      let a = ${left}[left.x + select(row + k * left.z, row * left.z + k, left.y == 1)];
      let b = ${right}[right.x + select(k + column * right.z, k * right.z + column, right.y == 1)];
      result[e] += f32(a) * f32(b);
    }
  }
  return result;
}
`;

/** What stands for storing a result in a memory of f32. */
const storing = (target: string): string => `
fn store_${target}(offset: u32, matrix: array<f32, 8>, stride: u32) {
  var values = matrix;
  for (var e = 0u; e < 8; e++) { ${target}[offset + (lane * 8 + e) / 16 * stride + (lane * 8 + e) % 16] = values[e]; }
}
`;

/** The one memory that a side's matrices are loaded from. @throws where there is none, or another beside it */
function loadedFrom(source: string, side: "Left" | "Right"): string {
  const loads = source.matchAll(new RegExp(`subgroupMatrixLoad<${side}, \\w+>\\(&(\\w+),`, "g"));
  const [memory, ...others] = new Set([...loads].map((match) => match[1]!));
  if (memory === undefined || others.length > 0)
    throw new Error(
      `${side} matrices are loaded from ${[memory, ...others].join(", ")}: the emulation knows one memory`,
    );
  return memory;
}

/** Whether a rung multiplies matrices on Dawn's matrix units. */
export const usesMatrixUnits = ({ features = [] }: Pick<Rung<never>, "features">): boolean =>
  precisionFeatures.matrix.every((feature) => features.includes(feature));

/** A convolution's rung for matrix units with its matrix operations emulated, on any adapter that has f16. */
export function emulatedMatrices<Shape>(rung: Rung<Shape>): Rung<Shape> {
  const source = rung.module.source
    .replace(/enable (subgroups|chromium_experimental_subgroup_matrix);\n/g, "")
    .replace(/subgroup_matrix_(left|right)<f16, 16, 16>/g, "vec3u")
    .replace("subgroup_matrix_result<f32, 16, 16>", "array<f32, 8>")
    .replace(/ {2}@builtin\(subgroup_(id|invocation_id)\) .*\n/g, "")
    .replace("let subgroupRow = ", "let subgroup = local / SUBGROUP;\n  lane = local % SUBGROUP;\n  let subgroupRow = ")
    .replace(/subgroupMatrixLoad<(?:Left|Right), row_major>\(&\w+, (.*), (\w+)\);/g, "vec3u($1, 1, $2);")
    .replace(/subgroupMatrixLoad<(?:Left|Right), col_major>\(&\w+, (.*), (\w+)\);/g, "vec3u($1, 0, $2);")
    .replaceAll("subgroupMatrixMultiplyAccumulate(", "multiplyAccumulate(")
    .replaceAll(/subgroupMatrixStore<row_major>\(&(\w+), /g, "store_$1(");
  const targets = new Set([...source.matchAll(/\bstore_(\w+)\(/g)].map((match) => match[1]!));
  const factors = (["Left", "Right"] as const).map((side) => loadedFrom(rung.module.source, side));
  const module = parseWgsl(source + emulation(factors[0]!, factors[1]!) + [...targets].map(storing).join(""));
  const { unsupported, ...others } = rung;
  return {
    ...others,
    module,
    features: ["shader-f16"],
    ...(unsupported && { unsupported: (shape, device) => unsupported(shape, traitsFor("matrix", device)) }),
  };
}
