// batchnorm statistics, rung 06: whole columns
// Computes  mean[c] = sum over r of x[r,c] / rows, variance[c] = sum over r of (x[r,c] - mean[c])^2 / rows, and the
//           running statistics, old + momentum * (new - old), the variance with rows / (rows - 1); r in N*H*W rows
// Layout    x NHWC; mean, variance, runningMean, runningVariance [C]; f32, dense
// Mapping   invocation -> four channels of all rows
// Traffic   4 B read for about 7 FLOP, merging included: x once; no partials
// Resources no workgroup memory; 8 invocations a workgroup; four vectors of x and the mean and squares of four channels
//           in registers
// Change    04 -> 06: an invocation takes all rows of its channels, so that nothing is left to combine: one dispatch,
//           was two; workgroups of 8, was 64, so that 64 channels still are two workgroups
// Expect    a dispatch less, most of the time of a small layer, and the head of an invocation paid once a channel. Only
//           C / 4 invocations: 16 lanes want 64 channels, a real GPU has none to spare for it
// Edges     C a multiple of 4, two rows or more. Rows are merged in order: same bits always
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 8u;

struct Params {
  rows: u32,
  quads: u32, // C / 4
  momentum: f32,
  unbias: f32, // rows / (rows - 1)
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> mean: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> variance: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> runningMean: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> runningVariance: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let q = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (q >= params.quads) {
    return;
  }
  let shift = x[q];

  var shiftedMean = vec4f(0.0);
  var squares = vec4f(0.0);
  var count = 0.0;
  var r = 0u;
  for (; r + 4u <= params.rows; r += 4u) {
    let a0 = x[r * params.quads + q] - shift;
    let a1 = x[(r + 1u) * params.quads + q] - shift;
    let a2 = x[(r + 2u) * params.quads + q] - shift;
    let a3 = x[(r + 3u) * params.quads + q] - shift;
    let blockMean = ((a0 + a1) + (a2 + a3)) * 0.25;
    let e0 = a0 - blockMean;
    let e1 = a1 - blockMean;
    let e2 = a2 - blockMean;
    let e3 = a3 - blockMean;
    let share = 4.0 / (count + 4.0);
    let delta = blockMean - shiftedMean;
    shiftedMean += delta * share;
    squares += ((e0 * e0 + e1 * e1) + (e2 * e2 + e3 * e3)) + delta * delta * (count * share);
    count += 4.0;
  }
  for (; r < params.rows; r++) {
    let share = 1.0 / (count + 1.0);
    let delta = (x[r * params.quads + q] - shift) - shiftedMean;
    shiftedMean += delta * share;
    squares += delta * delta * (count * share);
    count += 1.0;
  }

  let channelMean = shift + shiftedMean;
  let channelVariance = squares / f32(params.rows);
  mean[q] = channelMean;
  variance[q] = channelVariance;
  runningMean[q] += params.momentum * (channelMean - runningMean[q]);
  runningVariance[q] += params.momentum * (channelVariance * params.unbias - runningVariance[q]);
}
