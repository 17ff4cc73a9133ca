// batchnorm backward, rung 03: several rows
// Computes  g = dOut, 0 where RELU and result <= 0; n[r,c] = (x[r,c] - mean[c]) / sqrt(variance[c] + epsilon);
//           dBias[c] = sum over r of g[r,c], dWeight[c] = sum over r of g[r,c] * n[r,c], r in N*H*W rows;
//           dX[r,c] = weight[c] / sqrt(variance[c] + epsilon) * (g[r,c] - (dBias[c] + n[r,c] * dWeight[c]) / rows),
//           without the terms in dBias and dWeight where FROZEN; dResidual = g where RESIDUAL
// Layout    x, dOut, dX, dResidual NHWC; mean, variance, weight, dWeight, dBias [C]; gate, where RELU: with RESIDUAL
//           the forward's result NHWC, else the bias [C], from which and x the result is computed again;
//           partials [2, strips, C]; channels [5, C]; f32, dense
// Mapping   stripSums: invocation -> one channel of stripRows rows; combine: invocation -> one channel; gradInput:
//           invocation -> one channel of ROWS neighbouring rows
// Traffic   16 B loaded and 4 B stored for 9 FLOP without a ReLU; with ReLU and residual 20 B and 8 B; 20 B more for
//           every ROWS elements of dX
// Resources no workgroup memory; 64 invocations a workgroup; a strip's two sums in registers, then a channel's five
//           values and one element of dX; scratch: partials, 8 B for each channel of a strip, and channels, 20 B for
//           each channel
// Change    02 -> 03: in gradInput an invocation takes ROWS neighbouring rows of its channel, was one, and loads the
//           channel's five values once for them
// Expect    gradInput does 2 loads an element instead of 7, and one index division for every ROWS
// Edges     any shape. x is centred before it is multiplied. ReLU's derivative at 0 is 0; where the result is NaN, g is
//           dOut. Strips are added up in order: same bits always
// Needs     no optional feature; no entry point uses more than the 8 storage buffers that WebGPU guarantees. Defined by
//           ../reference.ts
const WORKGROUP = 64u;
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
@group(0) @binding(5) var<storage, read> gate: array<f32>;
@group(0) @binding(6) var<storage, read> dOut: array<f32>;
@group(0) @binding(7) var<storage, read_write> dX: array<f32>;
@group(0) @binding(8) var<storage, read_write> dWeight: array<f32>;
@group(0) @binding(9) var<storage, read_write> dBias: array<f32>;
@group(0) @binding(10) var<storage, read_write> dResidual: array<f32>;
// Of each strip the sum of g, then the sum of g * (x - mean).
@group(0) @binding(11) var<storage, read_write> partials: array<f32>;
// Of each channel: mean, weight / deviation, bias, and the mean of g and the slope that dX subtracts.
@group(0) @binding(12) var<storage, read_write> channels: array<f32>;

// The bias where the mask needs it.
fn biasOf(c: u32) -> f32 {
  if (RELU == 1u && RESIDUAL == 0u) {
    return gate[c];
  }
  return 0.0;
}

// dOut behind the ReLU's mask, where that comes from the forward's result.
fn upstream(i: u32) -> f32 {
  if (RELU == 1u && RESIDUAL == 1u) {
    return select(dOut[i], 0.0, gate[i] <= 0.0);
  }
  return dOut[i];
}

// A gradient behind the ReLU's mask, where that comes from the result computed again.
fn masked(gradient: f32, result: f32) -> f32 {
  if (RELU == 1u && RESIDUAL == 0u) {
    return select(gradient, 0.0, result <= 0.0);
  }
  return gradient;
}

@compute @workgroup_size(WORKGROUP)
fn stripSums(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let item = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (item >= params.strips * params.C) {
    return;
  }
  let c = item % params.C;
  let first = item / params.C * params.stripRows;
  let centre = mean[c];
  let scale = weight[c] * inverseSqrt(variance[c] + params.epsilon);
  let bias = biasOf(c);

  var sum = 0.0;
  var sumCentred = 0.0;
  for (var r = first; r < min(first + params.stripRows, params.rows); r++) {
    let i = r * params.C + c;
    let above = upstream(i);
    if (RESIDUAL == 1u) {
      dResidual[i] = above;
    }
    let centred = x[i] - centre;
    let g = masked(above, centred * scale + bias);
    sum += g;
    sumCentred += g * centred;
  }
  partials[item] = sum;
  partials[params.strips * params.C + item] = sumCentred;
}

@compute @workgroup_size(WORKGROUP)
fn combine(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let c = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (c >= params.C) {
    return;
  }
  var sum = 0.0;
  var sumCentred = 0.0;
  for (var s = 0u; s < params.strips; s++) {
    sum += partials[s * params.C + c];
    sumCentred += partials[(params.strips + s) * params.C + c];
  }
  let inverseDeviation = inverseSqrt(variance[c] + params.epsilon);
  let gradient = sumCentred * inverseDeviation;
  dBias[c] = sum;
  dWeight[c] = gradient;
  channels[c] = mean[c];
  channels[params.C + c] = weight[c] * inverseDeviation;
  channels[2u * params.C + c] = biasOf(c);
  channels[3u * params.C + c] = sum / f32(params.rows);
  channels[4u * params.C + c] = inverseDeviation * gradient / f32(params.rows);
}

@compute @workgroup_size(WORKGROUP)
fn gradInput(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let item = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  let c = item % params.C;
  let first = item / params.C * ROWS;
  if (first >= params.rows) {
    return;
  }
  let centre = channels[c];
  let scale = channels[params.C + c];
  let bias = channels[2u * params.C + c];
  let offset = channels[3u * params.C + c];
  let slope = channels[4u * params.C + c];

  for (var r = first; r < min(first + ROWS, params.rows); r++) {
    let i = r * params.C + c;
    var gradient = 0.0;
    if (RESIDUAL == 1u) {
      gradient = dResidual[i];
    } else {
      gradient = upstream(i);
    }
    let centred = x[i] - centre;
    gradient = masked(gradient, centred * scale + bias);
    if (FROZEN == 0u) {
      gradient -= offset + centred * slope;
    }
    dX[i] = scale * gradient;
  }
}
