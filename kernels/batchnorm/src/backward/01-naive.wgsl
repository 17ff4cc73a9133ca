// batchnorm backward, rung 01: naive
// Computes  g = dOut, 0 where RELU and result <= 0; n[r,c] = (x[r,c] - mean[c]) / sqrt(variance[c] + epsilon);
//           dBias[c] = sum over r of g[r,c], dWeight[c] = sum over r of g[r,c] * n[r,c], r in N*H*W rows;
//           dX[r,c] = weight[c] / sqrt(variance[c] + epsilon) * (g[r,c] - (dBias[c] + n[r,c] * dWeight[c]) / rows),
//           without the terms in dBias and dWeight where FROZEN; dResidual = g where RESIDUAL
// Layout    x, dOut, dX, dResidual NHWC; mean, variance, weight, dWeight, dBias [C]; gate, where RELU: with RESIDUAL
//           the forward's result NHWC, else the bias [C], from which and x the result is computed again; f32, dense
// Mapping   channelSums: invocation -> one channel over all its rows; gradInput: invocation -> one element of dX
// Traffic   16 B loaded and 4 B stored for 14 FLOP without a ReLU: x and dOut twice; with ReLU and residual 24 B and
//           8 B. For each element of dX up to 24 B more, which are the same for a whole channel
// Resources no workgroup memory; 64 invocations a workgroup; a channel's two sums in registers, then one element of dX
// Change    start: two entry points; one invocation for each channel adds its rows up, then one for each element of dX
//           loads the sums
// Expect    channelSums has as many invocations as channels, 16 to 2048: too few to hide a load's latency
// Edges     any shape. x is centred before it is multiplied. ReLU's derivative at 0 is 0; where the result is NaN, g is
//           dOut
// Needs     no optional feature; 10 storage buffers (WebGPU guarantees 8). Defined by ../reference.ts
const WORKGROUP = 64u;
const RELU = 0u;
const RESIDUAL = 0u;
const FROZEN = 0u;

struct Params {
  rows: u32,
  C: u32,
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
fn channelSums(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let c = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (c >= params.C) {
    return;
  }
  let centre = mean[c];
  let scale = weight[c] * inverseSqrt(variance[c] + params.epsilon);
  let bias = biasOf(c);

  var sum = 0.0;
  var sumCentred = 0.0;
  for (var r = 0u; r < params.rows; r++) {
    let i = r * params.C + c;
    let above = upstream(i);
    let centred = x[i] - centre;
    let g = masked(above, centred * scale + bias);
    sum += g;
    sumCentred += g * centred;
  }
  dBias[c] = sum;
  dWeight[c] = sumCentred * inverseSqrt(variance[c] + params.epsilon);
}

@compute @workgroup_size(WORKGROUP)
fn gradInput(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (i >= params.rows * params.C) {
    return;
  }
  let c = i % params.C;
  let inverseDeviation = inverseSqrt(variance[c] + params.epsilon);
  let scale = weight[c] * inverseDeviation;

  let above = upstream(i);
  if (RESIDUAL == 1u) {
    dResidual[i] = above;
  }
  let centred = x[i] - mean[c];
  var gradient = masked(above, centred * scale + biasOf(c));
  if (FROZEN == 0u) {
    gradient -= (dBias[c] + centred * inverseDeviation * dWeight[c]) / f32(params.rows);
  }
  dX[i] = scale * gradient;
}
