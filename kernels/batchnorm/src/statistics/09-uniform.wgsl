// batchnorm statistics, rung 09: one invocation a workgroup, so that every address is uniform
// Computes  mean[c] = sum over r of x[r,c] / rows, variance[c] = sum over r of (x[r,c] - mean[c])^2 / rows, and the
//           running statistics, old + momentum * (new - old), the variance with rows / (rows - 1); r in N*H*W rows
// Layout    x NHWC; mean, variance, runningMean, runningVariance [C]; partials [2, strips, C]; f32, dense
// Mapping   workgroups of one invocation; stripMoments: workgroup -> sixteen channels, a cache line, of stripRows rows, four
//           rows a turn; combine: workgroup -> four channels
// Traffic   4 B read for about 7 FLOP, merging included: x once; partials are about a 32nd of a large x, or less
// Resources no workgroup memory; 1 invocation a workgroup; four vectors of x and the mean and squares of four
//           channels' strip in registers; scratch: partials, 8 B for each channel of a strip
// Change    04 -> 09: a workgroup is one invocation, and has four vectors of channels, was 64 invocations of one each; strips of
//           256 rows
// Expect    on Mesa's lavapipe from 25.1 on, which makes a load that is uniform over the lanes one scalar instruction and
//           computes with scalars: what 04 gathers stalls at each cache line. All but one of a GPU's lanes would idle
// Edges     C a multiple of 16, two rows or more; the last strip may be short. Strips are combined in order: same bits
//           always
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 1u;

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

/** Mean and sum of squares about it, relative to row 0, of some rows of four channels. */
struct Moments {
  mean: vec4f,
  squares: vec4f,
}

/** `count` rows merged with the four from x[i] on. */
fn mergeFour(i: u32, shift: vec4f, before: Moments, count: f32) -> Moments {
  let a0 = x[i] - shift;
  let a1 = x[i + params.quads] - shift;
  let a2 = x[i + 2u * params.quads] - shift;
  let a3 = x[i + 3u * params.quads] - shift;
  let blockMean = ((a0 + a1) + (a2 + a3)) * 0.25;
  let e0 = a0 - blockMean;
  let e1 = a1 - blockMean;
  let e2 = a2 - blockMean;
  let e3 = a3 - blockMean;
  let share = 4.0 / (count + 4.0);
  let delta = blockMean - before.mean;
  let squares = ((e0 * e0 + e1 * e1) + (e2 * e2 + e3 * e3)) + delta * delta * (count * share);
  return Moments(before.mean + delta * share, before.squares + squares);
}

fn mergeOne(i: u32, shift: vec4f, before: Moments, count: f32) -> Moments {
  let share = 1.0 / (count + 1.0);
  let delta = (x[i] - shift) - before.mean;
  return Moments(before.mean + delta * share, before.squares + delta * delta * (count * share));
}

@compute @workgroup_size(WORKGROUP)
fn stripMoments(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let blocks = params.quads / 4u;
  let id = workgroup.y * workgroups.x + workgroup.x;
  let strip = id / blocks;
  if (strip >= params.strips) {
    return;
  }
  let q = id % blocks * 4u;
  let first = strip * params.stripRows;
  let end = min(first + params.stripRows, params.rows);
  let x0 = x[q];
  let x1 = x[q + 1u];
  let x2 = x[q + 2u];
  let x3 = x[q + 3u];

  var m0 = Moments();
  var m1 = Moments();
  var m2 = Moments();
  var m3 = Moments();
  let whole = first + (end - first) / 4u * 4u;
  for (var r = first; r < whole; r += 4u) {
    let i = r * params.quads + q;
    let count = f32(r - first);
    m0 = mergeFour(i, x0, m0, count);
    m1 = mergeFour(i + 1u, x1, m1, count);
    m2 = mergeFour(i + 2u, x2, m2, count);
    m3 = mergeFour(i + 3u, x3, m3, count);
  }
  for (var r = whole; r < end; r++) {
    let i = r * params.quads + q;
    let count = f32(r - first);
    m0 = mergeOne(i, x0, m0, count);
    m1 = mergeOne(i + 1u, x1, m1, count);
    m2 = mergeOne(i + 2u, x2, m2, count);
    m3 = mergeOne(i + 3u, x3, m3, count);
  }
  let item = strip * params.quads + q;
  let squares = params.strips * params.quads + item;
  partials[item] = m0.mean;
  partials[item + 1u] = m1.mean;
  partials[item + 2u] = m2.mean;
  partials[item + 3u] = m3.mean;
  partials[squares] = m0.squares;
  partials[squares + 1u] = m1.squares;
  partials[squares + 2u] = m2.squares;
  partials[squares + 3u] = m3.squares;
}

// Within strips and between strips: squares = sum of (strip's squares + strip's rows * (strip's mean - mean)^2).
@compute @workgroup_size(WORKGROUP)
fn combine(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let q = workgroup.y * workgroups.x + workgroup.x;
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
