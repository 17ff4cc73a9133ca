// batchnorm statistics, rung 02: rows split into strips
// Computes  mean[c] = sum over r of x[r,c] / rows, variance[c] = sum over r of (x[r,c] - mean[c])^2 / rows, and the
//           running statistics, old + momentum * (new - old), the variance with rows / (rows - 1); r in N*H*W rows
// Layout    x NHWC; mean, variance, runningMean, runningVariance [C]; partials [2, strips, C]; f32, dense
// Mapping   stripMoments: invocation -> one channel of stripRows rows; combine: invocation -> one channel
// Traffic   8 B read for 6 FLOP: x twice; partials are about a 32nd of a large x, or less
// Resources no workgroup memory; 64 invocations a workgroup; the sum and squares of a channel's strip in registers;
//           scratch: partials, 8 B for each channel of a strip
// Change    01 -> 02: a channel's rows are cut into at most 512 strips of 64 rows or more, with an invocation for each,
//           was one for all; a second entry point, combine, merges the strips' means and squares in order
// Expect    parallel enough for 16 channels of 32 x 32 x 32 rows: 8192 invocations, was 16; sums of 64 rows instead of
//           32768 also round less. A CPU has no idle lanes to fill, and pays for a second dispatch
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

  var sum = 0.0;
  for (var r = first; r < end; r++) {
    sum += x[r * params.C + c] - shift;
  }
  let stripMean = sum / f32(end - first);

  var squares = 0.0;
  for (var r = first; r < end; r++) {
    let deviation = (x[r * params.C + c] - shift) - stripMean;
    squares += deviation * deviation;
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
