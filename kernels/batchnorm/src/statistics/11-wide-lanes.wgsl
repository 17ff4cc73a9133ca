// batchnorm statistics, rung 11: sixteen lanes side by side
// Computes  mean[c] = sum over r of x[r,c] / rows, variance[c] = sum over r of (x[r,c] - mean[c])^2 / rows, and the
//           running statistics, old + momentum * (new - old), the variance with rows / (rows - 1); r in N*H*W rows
// Layout    x NHWC; mean, variance, runningMean, runningVariance [C]; partials [2, strips, C]; f32, dense
// Mapping   stripMoments: workgroup of LANES lanes -> as many neighbouring quads of channels of stripRows rows, four
//           rows a turn; combine: workgroup of one invocation -> four channels
// Traffic   4 B read for about 7 FLOP, merging included: x once, and a word of each cache line once more, ahead;
//           partials are about a 32nd of a large x, or less
// Resources no workgroup memory; 16 invocations a workgroup, in combine 1; four vectors of x and the mean and squares of
//           four channels' strip in registers; scratch: partials, 8 B for each channel of a strip
// Change    10 -> 11: a workgroup of stripMoments has 16 lanes, of 64 neighbouring channels, and touches four lines of a
//           row
// Expect    lavapipe computes as many lanes at once as the processor's vectors hold: with 16
//           (LP_NATIVE_VECTOR_WIDTH=512, AVX-512) rung 10 left half of them idle; with 8 the workgroup is two
//           subgroups, and nothing is gained
// Edges     C a multiple of 4, two rows or more; the last strip may be short. Rows past the end are touched too: WGSL
//           keeps such loads within the tensor. Strips are combined in order: same bits always
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 1u;
const LANES = 16u;
const AHEAD = 16u;

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

/** Brings a cache line into the cache; what it holds is of no matter. */
fn touchLine(i: u32) -> u32 {
  return bitcast<u32>(x[i].x);
}

/** The cache lines of LANES quads of a row. */
fn touch(i: u32) -> u32 {
  return touchLine(i) | touchLine(i + 4u) | touchLine(i + 8u) | touchLine(i + 12u);
}

@compute @workgroup_size(LANES)
fn stripMoments(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let blocks = (params.quads + LANES - 1u) / LANES;
  let id = workgroup.y * workgroups.x + workgroup.x;
  let strip = id / blocks;
  if (strip >= params.strips) {
    return;
  }
  let block = id % blocks * LANES;
  let q = block + local;
  if (q >= params.quads) {
    return;
  }
  let first = strip * params.stripRows;
  let end = min(first + params.stripRows, params.rows);
  let shift = x[q];
  var moments = Moments();
  var seen = 0u;
  let whole = first + (end - first) / 4u * 4u;
  for (var r = first; r < whole; r += 4u) {
    let ahead = (r + AHEAD) * params.quads + block;
    seen |= touch(ahead) | touch(ahead + params.quads);
    seen |= touch(ahead + 2u * params.quads) | touch(ahead + 3u * params.quads);
    moments = mergeFour(r * params.quads + q, shift, moments, f32(r - first));
  }
  for (var r = whole; r < end; r++) {
    moments = mergeOne(r * params.quads + q, shift, moments, f32(r - first));
  }
  // Never so; a compiler that cannot know it keeps the touching loads.
  if (params.rows == 0u) {
    moments.mean.x += f32(seen);
  }
  partials[strip * params.quads + q] = moments.mean;
  partials[(params.strips + strip) * params.quads + q] = moments.squares;
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
