// batchnorm statistics, rung 08: subgroups merge the strips
// Computes  mean[c] = sum over r of x[r,c] / rows, variance[c] = sum over r of (x[r,c] - mean[c])^2 / rows, and the
//           running statistics, old + momentum * (new - old), the variance with rows / (rows - 1); r in N*H*W rows
// Layout    x NHWC; mean, variance, runningMean, runningVariance [C]; partials [2, C / 4, strips, 4]; f32, dense
// Mapping   stripMoments: workgroup -> QUADS quads of channels of stripRows rows, invocation -> a quad of every
//           LANES-th row; combine: workgroup -> a quad of channels, invocation -> every COMBINE_SIZE-th strip
// Traffic   4 B read for 7 FLOP, a division among them: x once; partials are about a 128th of a large x, or less
// Resources 12 KiB workgroup memory; 256 invocations a workgroup, 64 in combine; the count, mean and squares of four
//           channels' rows in registers; scratch: partials, 8 B for each channel of a strip
// Change    07 -> 08: in combine the lanes of a subgroup merge what they have by shuffles, so that one barrier is left,
//           was five; its workgroups are of 64 for one quad of channels, was 256 for eight, and a quad's partials lie
//           side by side, so that its invocations read neighbours
// Expect    combine is a small part of the kernel, so little: a lesson in reductions that suit every subgroup size
// Edges     C a multiple of 4, two rows or more; the last strip may be short, a lane may have no row. Nothing depends
//           on which invocations form a subgroup. The order depends on its size: same bits always on one adapter
// Needs     the feature subgroups, of any size; default limits. Defined by ../reference.ts
enable subgroups;

const QUADS = 8u; // 128 neighbouring bytes of a row
const LANES = 32u;
const WORKGROUP = 256u; // QUADS * LANES
const COMBINE_SIZE = 64u;

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

struct Moments {
  count: f32,
  mean: vec4f,
  squares: vec4f, // about that mean
}

var<workgroup> moments: array<Moments, WORKGROUP>;

// The moments of two sets of values together (Chan, Golub and LeVeque 1979); either may be empty.
fn merge(a: Moments, b: Moments) -> Moments {
  let count = a.count + b.count;
  let share = b.count / max(count, 1.0);
  let delta = b.mean - a.mean;
  return Moments(count, a.mean + delta * share, a.squares + b.squares + delta * delta * (a.count * share));
}

// Merges the LANES entries of each quad; they end in lane 0. Called in uniform control flow, for it holds barriers.
fn mergeAll(local: u32) {
  for (var span = LANES / 2u; span > 0u; span /= 2u) {
    workgroupBarrier(); // The entries of the turn before are written.
    if (local < span * QUADS) {
      moments[local] = merge(moments[local], moments[local + span * QUADS]);
    }
  }
}

@compute @workgroup_size(WORKGROUP)
fn stripMoments(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32) {
  let q = workgroup.x * QUADS + local % QUADS;
  let strip = workgroup.y;
  let first = strip * params.stripRows;

  var own = Moments(0.0, vec4f(0.0), vec4f(0.0));
  if (q < params.quads) {
    let shift = x[q];
    let end = min(first + params.stripRows, params.rows);
    for (var r = first + local / QUADS; r < end; r += LANES) {
      let a = x[r * params.quads + q] - shift;
      own.count += 1.0;
      let delta = a - own.mean;
      own.mean += delta / own.count;
      own.squares += delta * (a - own.mean);
    }
  }
  moments[local] = own;
  mergeAll(local);
  if (local < QUADS && q < params.quads) {
    partials[q * params.strips + strip] = moments[local].mean;
    partials[(params.quads + q) * params.strips + strip] = moments[local].squares;
  }
}

@compute @workgroup_size(COMBINE_SIZE)
fn combine(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) size: u32,
) {
  let q = workgroup.y * workgroups.x + workgroup.x;

  var own = Moments(0.0, vec4f(0.0), vec4f(0.0));
  if (q < params.quads) {
    for (var s = local; s < params.strips; s += COMBINE_SIZE) {
      let stripCount = f32(min(params.stripRows, params.rows - s * params.stripRows));
      let squares = partials[(params.quads + q) * params.strips + s];
      own = merge(own, Moments(stripCount, partials[q * params.strips + s], squares));
    }
  }
  // With each turn a lane's moments are those of twice as many lanes; after the last, lane 0 has the subgroup's. A
  // subgroup may be larger than the workgroup: then its upper lanes are absent.
  for (var span = 1u; span < min(size, COMBINE_SIZE); span *= 2u) {
    let count = subgroupShuffleXor(own.count, span);
    let otherMean = subgroupShuffleXor(own.mean, span);
    let squares = subgroupShuffleXor(own.squares, span);
    own = merge(own, Moments(count, otherMean, squares));
  }
  if (lane > 0u) {
    own = Moments(0.0, vec4f(0.0), vec4f(0.0));
  }
  moments[local] = own;
  workgroupBarrier(); // Each subgroup's moments are in one entry, and the other entries are empty.
  if (local == 0u && q < params.quads) {
    own = moments[0];
    for (var i = 1u; i < COMBINE_SIZE; i++) {
      own = merge(own, moments[i]);
    }
    let channelMean = x[q] + own.mean;
    let channelVariance = own.squares / f32(params.rows);
    mean[q] = channelMean;
    variance[q] = channelVariance;
    runningMean[q] += params.momentum * (channelMean - runningMean[q]);
    runningVariance[q] += params.momentum * (channelVariance * params.unbias - runningVariance[q]);
  }
}
