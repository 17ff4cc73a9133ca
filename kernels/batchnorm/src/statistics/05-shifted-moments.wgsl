// batchnorm statistics, rung 05: shifted moments
// Computes  mean[c] = sum over r of x[r,c] / rows, variance[c] = sum over r of (x[r,c] - mean[c])^2 / rows, and the
//           running statistics, old + momentum * (new - old), the variance with rows / (rows - 1); r in N*H*W rows
// Layout    x NHWC; mean, variance, runningMean, runningVariance [C]; partials [2, strips, C]; f32, dense
// Mapping   stripMoments: invocation -> four channels of stripRows rows; combine: invocation -> four channels
// Traffic   4 B read for 4 FLOP: x once; partials are about a 32nd of a large x, or less
// Resources no workgroup memory; 64 invocations a workgroup; four vectors of x and two sums of four channels' strip in
//           registers; scratch: partials, 8 B for each channel of a strip
// Change    04 -> 05: a strip is two plain sums, of d = x - (row 0 of the channel) and of d^2, was a mean and the
//           squares about it, merged four rows at a time; combine adds the sums up: variance =
//           mean of d^2 - (mean of d)^2
// Expect    no division and half the arithmetic in the strips: a gain only where loads do not hide it
// Edges     C a multiple of 4, two rows or more; the last strip may be short. Where row 0 lies k deviations from the
//           mean, the difference of squares loses 2 log2(k) bits of the variance: an outlier of 30 deviations costs ten
//           of the 24. Rung 04 loses none. Strips are combined in order: same bits always
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
// Of each strip the sum of d, then the sum of d^2.
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

  var sum = vec4f(0.0);
  var squares = vec4f(0.0);
  var r = first;
  for (; r + 4u <= end; r += 4u) {
    let a0 = x[r * params.quads + q] - shift;
    let a1 = x[(r + 1u) * params.quads + q] - shift;
    let a2 = x[(r + 2u) * params.quads + q] - shift;
    let a3 = x[(r + 3u) * params.quads + q] - shift;
    sum += (a0 + a1) + (a2 + a3);
    squares += (a0 * a0 + a1 * a1) + (a2 * a2 + a3 * a3);
  }
  for (; r < end; r++) {
    let a = x[r * params.quads + q] - shift;
    sum += a;
    squares += a * a;
  }
  partials[item] = sum;
  partials[params.strips * params.quads + item] = squares;
}

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
  var squares = vec4f(0.0);
  for (var s = 0u; s < params.strips; s++) {
    sum += partials[s * params.quads + q];
    squares += partials[(params.strips + s) * params.quads + q];
  }
  let shiftedMean = sum / count;

  let channelMean = x[q] + shiftedMean;
  let difference = squares / count - shiftedMean * shiftedMean;
  // Rounding may leave less than nothing; max() might hide a NaN.
  let channelVariance = select(difference, vec4f(0.0), difference < vec4f(0.0));
  mean[q] = channelMean;
  variance[q] = channelVariance;
  runningMean[q] += params.momentum * (channelMean - runningMean[q]);
  runningVariance[q] += params.momentum * (channelVariance * params.unbias - runningVariance[q]);
}
