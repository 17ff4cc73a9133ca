// batchnorm statistics, rung 03: x read once
// Computes  mean[c] = sum over r of x[r,c] / rows, variance[c] = sum over r of (x[r,c] - mean[c])^2 / rows, and the
//           running statistics, old + momentum * (new - old), the variance with rows / (rows - 1); r in N*H*W rows
// Layout    x NHWC; mean, variance, runningMean, runningVariance [C]; partials [2, strips, C]; f32, dense
// Mapping   stripMoments: invocation -> one channel of stripRows rows; combine: invocation -> one channel
// Traffic   4 B read for 7.5 FLOP, merging included: x once; partials are about a 32nd of a large x, or less
// Resources no workgroup memory; 64 invocations a workgroup; four values of x and a strip's mean, squares and count in
//           registers; scratch: partials, 8 B for each channel of a strip
// Change    02 -> 03: four rows at a time are in registers, and their mean and squares are merged into the strip's, was
//           a pass for the mean and one for the squares (Chan, Golub and LeVeque 1979)
// Expect    half the loads of x, so towards half the time; a division for every four rows instead
// Edges     any shape of two rows or more; the last strip may be short. Strips are combined in order: same bits always
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  rows: u32,
  C: u32,
  stripRows: u32,
  strips: u32,
  momentum: f32,
  unbias: f32, // rows / (rows - 1)
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> variance: array<f32>;
@group(0) @binding(4) var<storage, read_write> runningMean: array<f32>;
@group(0) @binding(5) var<storage, read_write> runningVariance: array<f32>;
// Of each strip, relative to row 0 of the channel: its mean, then its sum of squares about that mean.
@group(0) @binding(6) var<storage, read_write> partials: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn stripMoments(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let item = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (item >= params.strips * params.C) {
    return;
  }
  let c = item % params.C;
  let first = (item / params.C) * params.stripRows;
  let end = min(first + params.stripRows, params.rows);
  let shift = x[c];

  var stripMean = 0.0;
  var squares = 0.0;
  var count = 0.0;
  var r = first;
  for (; r + 4u <= end; r += 4u) {
    let a0 = x[r * params.C + c] - shift;
    let a1 = x[(r + 1u) * params.C + c] - shift;
    let a2 = x[(r + 2u) * params.C + c] - shift;
    let a3 = x[(r + 3u) * params.C + c] - shift;
    let blockMean = ((a0 + a1) + (a2 + a3)) * 0.25;
    let e0 = a0 - blockMean;
    let e1 = a1 - blockMean;
    let e2 = a2 - blockMean;
    let e3 = a3 - blockMean;
    let share = 4.0 / (count + 4.0);
    let delta = blockMean - stripMean;
    stripMean += delta * share;
    squares += ((e0 * e0 + e1 * e1) + (e2 * e2 + e3 * e3)) + delta * delta * (count * share);
    count += 4.0;
  }
  for (; r < end; r++) {
    let share = 1.0 / (count + 1.0);
    let delta = (x[r * params.C + c] - shift) - stripMean;
    stripMean += delta * share;
    squares += delta * delta * (count * share);
    count += 1.0;
  }
  partials[item] = stripMean;
  partials[params.strips * params.C + item] = squares;
}

// Within strips and between strips: squares = sum of (strip's squares + strip's rows * (strip's mean - mean)^2).
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
  let count = f32(params.rows);

  var sum = 0.0;
  for (var s = 0u; s < params.strips; s++) {
    let stripCount = f32(min(params.stripRows, params.rows - s * params.stripRows));
    sum += stripCount * partials[s * params.C + c];
  }
  let shiftedMean = sum / count;

  var squares = 0.0;
  for (var s = 0u; s < params.strips; s++) {
    let stripCount = f32(min(params.stripRows, params.rows - s * params.stripRows));
    let deviation = partials[s * params.C + c] - shiftedMean;
    squares += partials[(params.strips + s) * params.C + c] + stripCount * deviation * deviation;
  }

  let channelMean = x[c] + shiftedMean;
  let channelVariance = squares / count;
  mean[c] = channelMean;
  variance[c] = channelVariance;
  runningMean[c] += params.momentum * (channelMean - runningMean[c]);
  runningVariance[c] += params.momentum * (channelVariance * params.unbias - runningVariance[c]);
}
