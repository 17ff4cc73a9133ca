// softmax cross entropy backward, rung 04: a subgroup per row
// Computes  dLogits[n,c] = dLoss / N * (softmax[n,c] * sum of row n's shares - share[n,c]), where
//           softmax[n,c] = exp(logits[n,c] - max) / sum of exp(logits[n,c] - max), max and sum over row n;
//           share[n,c] = (1 - smoothing) * given + smoothing / C; given = targets[n,c] where SOFT, else 1 at labels[n]
// Layout    logits, targets, dLogits [N,C] f32; labels [N] i32; dLoss f32[]
// Mapping   workgroup -> ROWS rows, subgroup -> one of them at a time, lane -> every lanes-th logit of it
// Traffic   8 B read and 4 B written per logit for 15 FLOP; 16 B read for 19 FLOP where SOFT
// Resources no workgroup memory; 128 invocations a workgroup; the maximum and sum of a part of a row in registers
// Change    02 -> 04: a subgroup takes a row, was an invocation: each of its lanes goes over every lanes-th logit, and
//           the parts are merged by subgroupMax and subgroupAdd; a workgroup of 128 takes ROWS rows, in turns
// Expect    as many invocations for a row as a subgroup has lanes, whose loads lie side by side: fills a GPU. Unlike a
//           workgroup a row it needs neither workgroup memory nor barriers, so that a CPU loses little
// Edges     any shape; the shares of a soft target need not add up to 1. A label that is no class gives a row of NaN.
//           Subgroups must consist of neighbours in local_invocation_index, as they do in workgroups of one dimension
// Needs     the feature subgroups, of any size up to WORKGROUP; default limits. Defined by ../reference.ts
enable subgroups;

const WORKGROUP = 128u;
const ROWS = 16u;
const SOFT = 0u;
// The lowest number: where a maximum starts. A logit of -infinity does not pass it, and then adds exp(-infinity) = 0.
const LOWEST = -3.4028234e38f;

struct Params {
  N: u32,
  C: u32,
  smoothing: f32,
  nan: f32, // WGSL has no literal for it
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<i32>;
@group(0) @binding(3) var<storage, read> targets: array<f32>;
@group(0) @binding(4) var<storage, read> dLoss: f32;
@group(0) @binding(5) var<storage, read_write> dLogits: array<f32>;

// A maximum, and the sum of exp(logit - maximum) over the logits seen so far.
struct Softmax {
  largest: f32,
  sum: f32,
}

fn including(seen: Softmax, logit: f32) -> Softmax {
  let largest = max(seen.largest, logit);
  // Rescaled at a new maximum only: exp(0) need not be exactly 1.
  let sum = select(seen.sum, seen.sum * exp(seen.largest - largest), logit > seen.largest);
  return Softmax(largest, sum + exp(logit - largest));
}

// Of all lanes of the subgroup. A lane that saw no logit adds 0.
fn softmaxOfRow(mine: Softmax) -> Softmax {
  let largest = subgroupMax(mine.largest);
  return Softmax(largest, subgroupAdd(mine.sum * exp(mine.largest - largest)));
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) lanes: u32,
) {
  let base = (workgroup.y * workgroups.x + workgroup.x) * ROWS;
  for (var turn = 0u; turn < ROWS; turn += WORKGROUP / lanes) {
    // Every lane goes all the way, as subgroup operations need it; those without a row have no logits.
    let slot = turn + local / lanes;
    let n = base + slot;
    let first = n * params.C;
    let end = select(0u, params.C, slot < ROWS && n < params.N);

    var seen = Softmax(LOWEST, 0.0);
    for (var c = lane; c < end; c += lanes) {
      seen = including(seen, logits[first + c]);
    }
    let row = softmaxOfRow(seen);

    let even = params.smoothing / f32(params.C);
    var scale = dLoss / f32(params.N);
    if (SOFT == 1u) {
      var shares = 0.0;
      for (var c = lane; c < end; c += lanes) {
        shares += (1.0 - params.smoothing) * targets[first + c] + even;
      }
      shares = subgroupAdd(shares);
      for (var c = lane; c < end; c += lanes) {
        let share = (1.0 - params.smoothing) * targets[first + c] + even;
        dLogits[first + c] = scale * (exp(logits[first + c] - row.largest) / row.sum * shares - share);
      }
    } else {
      let label = labels[n];
      if (label < 0 || label >= i32(params.C)) {
        scale = params.nan;
      }
      for (var c = lane; c < end; c += lanes) {
        let share = select(0.0, 1.0 - params.smoothing, i32(c) == label) + even;
        dLogits[first + c] = scale * (exp(logits[first + c] - row.largest) / row.sum - share);
      }
    }
  }
}
