// softmax cross entropy forward, rung 04: a subgroup per row
// Computes  loss = -sum over n,c of share[n,c] * logp[n,c] / N, where
//           logp[n,c] = (logits[n,c] - max) - log(sum of exp(logits[n,c] - max)), max and sum over row n;
//           share[n,c] = (1 - smoothing) * given + smoothing / C; given = targets[n,c] where SOFT, else 1 at labels[n]
// Layout    logits, targets [N,C] f32; labels [N] i32; loss f32[]; rowLosses [N] f32
// Mapping   lossOfRow: workgroup -> ROWS rows, subgroup -> one of them at a time, lane -> every lanes-th logit of it;
//           meanLoss: one invocation adds the rows up in order
// Traffic   4 B read per logit for 8 FLOP; 8 B for 12 FLOP where smoothed, 12 B for 14 where SOFT
// Resources no workgroup memory; 128 invocations a workgroup, 1 in meanLoss; the maximum, sum and loss of a part of a
//           row in registers; scratch: rowLosses, 4 B a row
// Change    02 -> 04: a subgroup takes a row, was an invocation: each of its lanes goes over every lanes-th logit, and
//           the parts are merged by subgroupMax and subgroupAdd; a workgroup of 128 takes ROWS rows, in turns
// Expect    as many invocations for a row as a subgroup has lanes, whose loads lie side by side: fills a GPU. Unlike a
//           workgroup a row it needs neither workgroup memory nor barriers, so that a CPU loses little
// Edges     any shape. A label that is no class gives NaN instead of a read out of bounds. logp is never
//           logits - (max + log(sum)), which loses the answer near 10000. A hard label's other logits may be -infinity.
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
@group(0) @binding(4) var<storage, read_write> rowLosses: array<f32>;
@group(0) @binding(5) var<storage, read_write> loss: f32;

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
fn lossOfRow(
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
    let logSum = log(row.sum);

    let even = params.smoothing / f32(params.C);
    var total = 0.0;
    if (SOFT == 1u || even > 0.0) {
      for (var c = lane; c < end; c += lanes) {
        var share = even;
        if (SOFT == 1u) {
          share += (1.0 - params.smoothing) * targets[first + c];
        }
        total -= share * ((logits[first + c] - row.largest) - logSum);
      }
    }
    if (SOFT == 0u && lane == 0u && end > 0u) {
      let label = labels[n];
      if (label >= 0 && label < i32(params.C)) {
        total -= (1.0 - params.smoothing) * ((logits[first + u32(label)] - row.largest) - logSum);
      } else {
        total = params.nan;
      }
    }
    total = subgroupAdd(total);
    if (lane == 0u && end > 0u) {
      rowLosses[n] = total;
    }
  }
}

@compute @workgroup_size(1)
fn meanLoss() {
  var sum = 0.0;
  for (var n = 0u; n < params.N; n++) {
    sum += rowLosses[n];
  }
  loss = sum / f32(params.N);
}
