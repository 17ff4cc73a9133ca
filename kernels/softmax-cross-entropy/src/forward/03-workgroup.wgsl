// softmax cross entropy forward, rung 03: a workgroup per row
// Computes  loss = -sum over n,c of share[n,c] * logp[n,c] / N, where
//           logp[n,c] = (logits[n,c] - max) - log(sum of exp(logits[n,c] - max)), max and sum over row n;
//           share[n,c] = (1 - smoothing) * given + smoothing / C; given = targets[n,c] where SOFT, else 1 at labels[n]
// Layout    logits, targets [N,C] f32; labels [N] i32; loss f32[]; rowLosses [N] f32
// Mapping   lossOfRow: workgroup -> one row, invocation -> every WORKGROUP-th logit of it; meanLoss: one
//           invocation adds the rows up in order
// Traffic   4 B read per logit for 8 FLOP; 8 B for 12 FLOP where smoothed, 12 B for 14 where SOFT
// Resources 768 B workgroup memory; 64 invocations a workgroup, 1 in meanLoss; the maximum, sum and loss of a part of a
//           row in registers; scratch: rowLosses, 4 B a row
// Change    02 -> 03: a workgroup takes a row, was an invocation: each of its invocations goes over every
//           WORKGROUP-th logit, and the parts are merged pairwise in workgroup memory, always in the same order
// Expect    WORKGROUP times the invocations, whose loads lie side by side: fills a GPU. A CPU pays for the
//           barriers
// Edges     any shape. A label that is no class gives NaN instead of a read out of bounds. logp is never
//           logits - (max + log(sum)), which loses the answer near 10000. A hard label's other logits may be -infinity
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;
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

// Two parts of a row; a part without logits has sum 0.
fn merged(a: Softmax, b: Softmax) -> Softmax {
  let largest = max(a.largest, b.largest);
  return Softmax(largest, a.sum * exp(a.largest - largest) + b.sum * exp(b.largest - largest));
}

var<workgroup> parts: array<Softmax, WORKGROUP>;
var<workgroup> sums: array<f32, WORKGROUP>;

// Of all parts of the row, the same in every invocation. Merged pairwise, always in the same order.
fn softmaxOfRow(mine: Softmax, local: u32) -> Softmax {
  parts[local] = mine;
  workgroupBarrier();
  for (var reach = WORKGROUP / 2u; reach > 0u; reach /= 2u) {
    if (local < reach) {
      parts[local] = merged(parts[local], parts[local + reach]);
    }
    workgroupBarrier();
  }
  return parts[0];
}

fn sumOfRow(mine: f32, local: u32) -> f32 {
  sums[local] = mine;
  workgroupBarrier();
  for (var reach = WORKGROUP / 2u; reach > 0u; reach /= 2u) {
    if (local < reach) {
      sums[local] += sums[local + reach];
    }
    workgroupBarrier();
  }
  return sums[0];
}

@compute @workgroup_size(WORKGROUP)
fn lossOfRow(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let n = workgroup.y * workgroups.x + workgroup.x;
  if (n >= params.N) {
    return; // All of the workgroup together, so no barrier misses anyone.
  }
  let first = n * params.C;

  var seen = Softmax(LOWEST, 0.0);
  for (var c = local; c < params.C; c += WORKGROUP) {
    seen = including(seen, logits[first + c]);
  }
  let row = softmaxOfRow(seen, local);
  let logSum = log(row.sum);

  let even = params.smoothing / f32(params.C);
  var total = 0.0;
  if (SOFT == 1u || even > 0.0) {
    for (var c = local; c < params.C; c += WORKGROUP) {
      var share = even;
      if (SOFT == 1u) {
        share += (1.0 - params.smoothing) * targets[first + c];
      }
      total -= share * ((logits[first + c] - row.largest) - logSum);
    }
  }
  if (SOFT == 0u && local == 0u) {
    let label = labels[n];
    if (label >= 0 && label < i32(params.C)) {
      total -= (1.0 - params.smoothing) * ((logits[first + u32(label)] - row.largest) - logSum);
    } else {
      total = params.nan;
    }
  }
  total = sumOfRow(total, local);
  if (local == 0u) {
    rowLosses[n] = total;
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
