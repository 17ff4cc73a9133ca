// batchnorm statistics, rung 01: naive
// Computes  mean[c] = sum over r of x[r,c] / rows, variance[c] = sum over r of (x[r,c] - mean[c])^2 / rows, and the
//           running statistics, old + momentum * (new - old), the variance with rows / (rows - 1); r in N*H*W rows
// Layout    x NHWC; mean, variance, runningMean, runningVariance [C]; f32, dense
// Mapping   invocation -> one channel, two passes over its rows
// Traffic   8 B read for 6 FLOP: x twice
// Resources no workgroup memory; 64 invocations a workgroup; a channel's sum and squares in registers
// Change    start: one invocation walks a channel's rows, once for their mean and once for the squares about it
// Expect    as many invocations as channels: 16 to 2048, too few to hide a load's latency
// Edges     any shape of two rows or more. x is taken relative to row 0, or a sum of values near 1000 would swallow a
//           deviation of 0.01
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  rows: u32,
  C: u32,
  momentum: f32,
  unbias: f32, // rows / (rows - 1)
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> variance: array<f32>;
@group(0) @binding(4) var<storage, read_write> runningMean: array<f32>;
@group(0) @binding(5) var<storage, read_write> runningVariance: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let c = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (c >= params.C) {
    return;
  }
  let count = f32(params.rows);
  let shift = x[c];

  var sum = 0.0;
  for (var r = 0u; r < params.rows; r++) {
    sum += x[r * params.C + c] - shift;
  }
  let shiftedMean = sum / count;

  var squares = 0.0;
  for (var r = 0u; r < params.rows; r++) {
    let deviation = (x[r * params.C + c] - shift) - shiftedMean;
    squares += deviation * deviation;
  }

  let channelMean = shift + shiftedMean;
  let channelVariance = squares / count;
  mean[c] = channelMean;
  variance[c] = channelVariance;
  runningMean[c] += params.momentum * (channelMean - runningMean[c]);
  runningVariance[c] += params.momentum * (channelVariance * params.unbias - runningVariance[c]);
}
