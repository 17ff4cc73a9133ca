// batchnorm backward, rung 03: several rows
// Computes  g = dOut, 0 where RELU and out <= 0; n[r,c] = (x[r,c] - mean[c]) / sqrt(variance[c] + epsilon);
//           dBias[c] = sum over r of g[r,c], dWeight[c] = sum over r of g[r,c] * n[r,c], r in N*H*W rows;
//           dX[r,c] = weight[c] / sqrt(variance[c] + epsilon) * (g[r,c] - (dBias[c] + n[r,c] * dWeight[c]) / rows),
//           without the terms in dBias and dWeight where FROZEN; dResidual = g where RESIDUAL
// Layout    x, out, dOut, dX, dResidual NHWC; mean, variance, weight, dWeight, dBias [C]; f32, dense
// Mapping   stripSums: invocation -> one channel of stripRows rows; combine: invocation -> one channel;
//           gradInput: invocation -> one channel of ROWS neighbouring rows
// Traffic   24 B loaded and 8 B stored for 9 FLOP, with the residual 20 B loaded; 20 B for every ROWS elements
// Change    02 -> 03: gradInput loads a channel's five values once for ROWS rows, was for every element
// Expect    gradInput does 3 loads an element instead of 8, and one root and index division for every ROWS
// Edges     two rows or more, for the strips' sums wait in the head of dX until gradInput overwrites it: a binding of
//           their own would be the eleventh. x is centred before it is multiplied. ReLU's derivative at 0 is 0; where
//           out is NaN, g is dOut. Strips are added up in order: same bits always
// Needs     no optional feature; 10 storage buffers (WebGPU guarantees 8). Defined by ../reference.ts
const WORKGROUP_SIZE = 64u;
const ROWS = 8u;
const RELU = 0u;
const RESIDUAL = 0u;
const FROZEN = 0u;

struct Params {
  rows: u32,
  C: u32,
  stripRows: u32,
  strips: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> mean: array<f32>;
@group(0) @binding(3) var<storage, read> variance: array<f32>;
@group(0) @binding(4) var<storage, read> weight: array<f32>;
@group(0) @binding(5) var<storage, read> out: array<f32>;
@group(0) @binding(6) var<storage, read> dOut: array<f32>;
@group(0) @binding(7) var<storage, read_write> dX: array<f32>;
@group(0) @binding(8) var<storage, read_write> dWeight: array<f32>;
@group(0) @binding(9) var<storage, read_write> dBias: array<f32>;
@group(0) @binding(10) var<storage, read_write> dResidual: array<f32>;

// The gradient behind the ReLU.
fn masked(i: u32) -> f32 {
  if (RELU == 1u) {
    return select(dOut[i], 0.0, out[i] <= 0.0);
  }
  return dOut[i];
}

// Leaves [2, strips, C] in dX: of each strip the sum of g, then the sum of g * (x - mean).
@compute @workgroup_size(WORKGROUP_SIZE)
fn stripSums(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let item = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP_SIZE + local;
  if (item >= params.strips * params.C) {
    return;
  }
  let c = item % params.C;
  let first = item / params.C * params.stripRows;
  let centre = mean[c];

  var sum = 0.0;
  var sumCentred = 0.0;
  for (var r = first; r < min(first + params.stripRows, params.rows); r++) {
    let i = r * params.C + c;
    let g = masked(i);
    if (RESIDUAL == 1u) {
      dResidual[i] = g;
    }
    sum += g;
    sumCentred += g * (x[i] - centre);
  }
  dX[item] = sum;
  dX[params.strips * params.C + item] = sumCentred;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn combine(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let c = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP_SIZE + local;
  if (c >= params.C) {
    return;
  }
  var sum = 0.0;
  var sumCentred = 0.0;
  for (var s = 0u; s < params.strips; s++) {
    sum += dX[s * params.C + c];
    sumCentred += dX[(params.strips + s) * params.C + c];
  }
  dBias[c] = sum;
  dWeight[c] = sumCentred * inverseSqrt(variance[c] + params.epsilon);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn gradInput(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let item = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP_SIZE + local;
  let c = item % params.C;
  let first = item / params.C * ROWS;
  if (first >= params.rows) {
    return;
  }
  let inverseDeviation = inverseSqrt(variance[c] + params.epsilon);
  let scale = weight[c] * inverseDeviation;
  let centre = mean[c];
  let offset = dBias[c] / f32(params.rows);
  let slope = inverseDeviation * dWeight[c] / f32(params.rows);

  for (var r = first; r < min(first + ROWS, params.rows); r++) {
    let i = r * params.C + c;
    var gradient = 0.0;
    if (RESIDUAL == 1u) {
      gradient = dResidual[i];
    } else {
      gradient = masked(i);
    }
    if (FROZEN == 0u) {
      gradient -= offset + (x[i] - centre) * slope;
    }
    dX[i] = scale * gradient;
  }
}
