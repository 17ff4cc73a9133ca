// batchnorm apply, rung 07: turns counted from 0, of four rows at known offsets
// Computes  out[r,c] = (x[r,c] - mean[c]) / sqrt(variance[c] + epsilon) * weight[c] + bias[c], then + residual[r,c]
//           where RESIDUAL, then max(0, .) where RELU; r in N*H*W rows
// Layout    x, residual, out NHWC; mean, variance, weight, bias [C]; f32, dense
// Mapping   workgroup of one invocation -> sixteen channels, a cache line, of ROWS neighbouring rows, four rows a turn
// Traffic   8 B loaded (with the residual) and 4 B stored for 5 FLOP; 16 B loaded and 3 FLOP more for every ROWS
//           elements
// Resources no workgroup memory; 1 invocation a workgroup; sixteen channels' centre, scale and offset and one vector at
//           a time in registers
// Change    06 -> 07: the loop counts turns of four rows from 0 up by 1, was rows by 2; an index keeps the bits below
//           the 2^27 vectors of 2 GiB; where TOUCH, a word of each line of the next turn is loaded ahead
// Expect    on Mesa's lavapipe from 25.1 on: Dawn adds a counter of its own to a loop that it cannot prove finite, and
//           each turn's counters live in vector registers; where an offset may have bit 31 set, each of a vector's
//           words is tested for it. Of large tensors the first word of a row is what the turn waits for
// Edges     C a multiple of 16; tensors of at most 2 GiB. Lines past the end are touched too: WGSL keeps such loads
//           within the tensor. x is centred before it is scaled, which keeps a deviation of 0.01 about a mean of 1000.
//           The test of ReLU lets NaN through, as max() might not: a diverged run must show. -0 becomes 0
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 1u;
const ROWS = 64u;
const TOUCH = 0u;
const RELU = 0u;
const RESIDUAL = 0u;

struct Params {
  rows: u32,
  quads: u32, // C / 4
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> mean: array<vec4f>;
@group(0) @binding(3) var<storage, read> variance: array<vec4f>;
@group(0) @binding(4) var<storage, read> weight: array<vec4f>;
@group(0) @binding(5) var<storage, read> bias: array<vec4f>;
@group(0) @binding(6) var<storage, read> residual: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> out: array<vec4f>;

/** What is the same for all rows of four channels. */
struct Channels {
  centre: vec4f,
  scale: vec4f,
  offset: vec4f,
}

fn channelsOf(q: u32) -> Channels {
  return Channels(mean[q], weight[q] * inverseSqrt(variance[q] + params.epsilon), bias[q]);
}

/** 0, which the compiler cannot know. */
fn zero() -> f32 {
  return f32(params.quads >> 31u);
}

fn normalise(i: u32, at: Channels) {
  var value = (x[i] - at.centre) * at.scale + at.offset;
  if (RESIDUAL == 1u) {
    value += residual[i];
  }
  if (RELU == 1u) {
    value = select(value, vec4f(0.0), value < vec4f(0.0)) + zero();
  }
  out[i] = value;
}

/** The vector of four channels, a multiple of 4, of a row. */
fn indexOf(r: u32, q: u32) -> u32 {
  return (r * params.quads + q) & 0x07fffffcu;
}

/** Brings a cache line of each tensor into the cache; what it holds is of no matter. */
fn touch(i: u32) -> u32 {
  if (RESIDUAL == 1u) {
    return bitcast<u32>(x[i].x) | bitcast<u32>(residual[i].x);
  }
  return bitcast<u32>(x[i].x);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let item = workgroup.y * workgroups.x + workgroup.x;
  let blocks = params.quads / 4u;
  let q = item % blocks * 4u;
  let first = min(item / blocks * ROWS, params.rows);
  let end = min(first + ROWS, params.rows);
  let c0 = channelsOf(q);
  let c1 = channelsOf(q + 1u);
  let c2 = channelsOf(q + 2u);
  let c3 = channelsOf(q + 3u);

  let turns = (end - first) / 4u;
  var seen = 0u;
  for (var t = 0u; t < turns; t++) {
    let r = first + 4u * t;
    if (TOUCH == 1u) {
      seen |= touch(indexOf(r + 4u, q)) | touch(indexOf(r + 5u, q));
      seen |= touch(indexOf(r + 6u, q)) | touch(indexOf(r + 7u, q));
    }
    let i = indexOf(r, q);
    let j = indexOf(r + 1u, q);
    let k = indexOf(r + 2u, q);
    let l = indexOf(r + 3u, q);
    normalise(i, c0);
    normalise(i + 1u, c1);
    normalise(i + 2u, c2);
    normalise(i + 3u, c3);
    normalise(j, c0);
    normalise(j + 1u, c1);
    normalise(j + 2u, c2);
    normalise(j + 3u, c3);
    normalise(k, c0);
    normalise(k + 1u, c1);
    normalise(k + 2u, c2);
    normalise(k + 3u, c3);
    normalise(l, c0);
    normalise(l + 1u, c1);
    normalise(l + 2u, c2);
    normalise(l + 3u, c3);
  }
  for (var r = first + 4u * turns; r < end; r++) {
    let i = r * params.quads + q;
    normalise(i, c0);
    normalise(i + 1u, c1);
    normalise(i + 2u, c2);
    normalise(i + 3u, c3);
  }
  // Never so; a compiler that cannot know it keeps the touching loads.
  if (params.rows == 0u) {
    out[0] = vec4f(f32(seen));
  }
}
