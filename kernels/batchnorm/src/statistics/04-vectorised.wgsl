// batchnorm statistics, rung 04: four channels at a time
// Computes  mean[c] = sum over r of x[r,c] / rows, variance[c] = sum over r of (x[r,c] - mean[c])^2 / rows, and the
//           running statistics, old + momentum * (new - old), the variance with rows / (rows - 1); r in N*H*W rows
// Layout    x NHWC; mean, variance, runningMean, runningVariance [C]; partials [2, strips, C]; f32, dense
// Mapping   stripMoments: invocation -> four channels of stripRows rows; combine: invocation -> four channels
// Traffic   4 B read for about 7 FLOP, merging included: x once; partials are about a 32nd of a large x, or less
// Resources no workgroup memory; 64 invocations a workgroup; four vectors of x and the mean and squares of four
//           channels' strip in registers; scratch: partials, 8 B for each channel of a strip
// Change    03 -> 04: a load brings four channels, was one: vec4f for f32, and quads = C / 4 for C, in both entry
//           points
// Expect    a quarter of the load instructions and of the index arithmetic, for a quarter of the invocations
// Edges     C a multiple of 4, two rows or more; the last strip may be short. Strips are combined in order: same bits
//           always
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  rows: u32,
  quads: u32, // C / 4
  stripRows: u32,
  strips: u32,
  momentum: f32,
  unbias: f32, // rows / (rows - 1)
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> mean: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> variance: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> runningMean: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> runningVariance: array<vec4f>;
// Of each strip, relative to row 0 of the channel: its mean, then its sum of squares about that mean.
@group(0) @binding(6) var<storage, read_write> partials: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn stripMoments(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let item = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (item >= params.strips * params.quads) {
    return;
  }
  let q = item % params.quads;
  let first = (item / params.quads) * params.stripRows;
  let end = min(first + params.stripRows, params.rows);
  let shift = x[q];

  var stripMean = vec4f(0.0);
  var squares = vec4f(0.0);
  var count = 0.0;
  var r = first;
  for (; r + 4u <= end; r += 4u) {
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
    let delta = blockMean - stripMean;
    stripMean += delta * share;
    squares += ((e0 * e0 + e1 * e1) + (e2 * e2 + e3 * e3)) + delta * delta * (count * share);
    count += 4.0;
  }
  for (; r < end; r++) {
    let share = 1.0 / (count + 1.0);
    let delta = (x[r * params.quads + q] - shift) - stripMean;
    stripMean += delta * share;
    squares += delta * delta * (count * share);
    count += 1.0;
  }
  partials[item] = stripMean;
  partials[params.strips * params.quads + item] = squares;
}

// Within strips and between strips: squares = sum of (strip's squares + strip's rows * (strip's mean - mean)^2).
@compute @workgroup_size(WORKGROUP)
fn combine(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let q = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (q >= params.quads) {
    return;
  }
  let count = f32(params.rows);

  var sum = vec4f(0.0);
  for (var s = 0u; s < params.strips; s++) {
    let stripCount = f32(min(params.stripRows, params.rows - s * params.stripRows));
    sum += stripCount * partials[s * params.quads + q];
  }
  let shiftedMean = sum / count;

  var squares = vec4f(0.0);
  for (var s = 0u; s < params.strips; s++) {
    let stripCount = f32(min(params.stripRows, params.rows - s * params.stripRows));
    let deviation = partials[s * params.quads + q] - shiftedMean;
    squares += partials[(params.strips + s) * params.quads + q] + stripCount * deviation * deviation;
  }

  let channelMean = x[q] + shiftedMean;
  let channelVariance = squares / count;
  mean[q] = channelMean;
  variance[q] = channelVariance;
  runningMean[q] += params.momentum * (channelMean - runningMean[q]);
  runningVariance[q] += params.momentum * (channelVariance * params.unbias - runningVariance[q]);
}
