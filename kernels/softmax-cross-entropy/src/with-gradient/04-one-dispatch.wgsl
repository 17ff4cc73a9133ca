// softmax cross entropy with gradient, rung 04: all of it in one dispatch
// Computes  loss = -sum over n,c of share[n,c] * logp[n,c] / N, where
//           logp[n,c] = (logits[n,c] - max) - log(sum of exp(logits[n,c] - max)), max and sum over row n;
//           share[n,c] = (1 - smoothing) * given + smoothing / C; given = targets[n,c] where SOFT, else 1 at labels[n];
//           dLogits[n,c] = dLoss / N * (exp(logp[n,c]) * sum of row n's shares - share[n,c])
// Layout    logits, targets, dLogits [N,C] f32; labels [N] i32; loss, dLoss f32[]
// Mapping   one workgroup; invocation -> every WORKGROUP-th row; the first adds up what the others found, in order
// Traffic   8 B read and 4 B written per logit for 20 FLOP; 16 B read for 23 FLOP where SOFT
// Resources 256 B workgroup memory; 64 invocations in the one workgroup; a row's maximum, sum and loss, and the sum of
//           an invocation's losses in registers
// Change    02 -> 04: one workgroup takes all rows, so that its first invocation adds up their losses behind a barrier,
//           was a second dispatch and rowLosses; the work on a row is the same
// Expect    a dispatch less, which is most of the time for a batch of few rows; a large batch waits for one workgroup
// Edges     any shape. A label that is no class gives a NaN loss and a row of NaN. logp is never
//           logits - (max + log(sum)), which loses the answer near 10000; exp(logp) is exp(logits - max) / sum. Shares
//           of a soft target need not add up to 1. A hard label's other logits may be -infinity
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
@group(0) @binding(4) var<storage, read> dLoss: f32;
@group(0) @binding(5) var<storage, read_write> loss: f32;
@group(0) @binding(6) var<storage, read_write> dLogits: array<f32>;

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

var<workgroup> parts: array<f32, WORKGROUP>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) local: u32) {
  var totals = 0.0;
  for (var n = local; n < params.N; n += WORKGROUP) {
    let first = n * params.C;

    var row = Softmax(LOWEST, 0.0);
    for (var c = 0u; c < params.C; c++) {
      row = including(row, logits[first + c]);
    }
    let logSum = log(row.sum);

    let even = params.smoothing / f32(params.C);
    var scale = dLoss / f32(params.N);
    var label = -1;
    if (SOFT == 0u) {
      label = labels[n];
      if (label < 0 || label >= i32(params.C)) {
        scale = params.nan;
      }
    }
    var shares = 1.0;
    if (SOFT == 1u) {
      shares = 0.0;
      for (var c = 0u; c < params.C; c++) {
        shares += (1.0 - params.smoothing) * targets[first + c] + even;
      }
    }
    var total = 0.0;
    for (var c = 0u; c < params.C; c++) {
      let shifted = logits[first + c] - row.largest;
      var share = even + select(0.0, 1.0 - params.smoothing, i32(c) == label);
      if (SOFT == 1u) {
        share = (1.0 - params.smoothing) * targets[first + c] + even;
      }
      dLogits[first + c] = scale * (exp(shifted) / row.sum * shares - share);
      // A class without a share does not count, whatever its logit.
      total -= select(0.0, share * (shifted - logSum), share != 0.0);
    }
    if (SOFT == 0u && (label < 0 || label >= i32(params.C))) {
      total = params.nan;
    }
    totals += total;
  }
  parts[local] = totals;
  workgroupBarrier();
  if (local == 0u) {
    var sum = 0.0;
    for (var part = 0u; part < WORKGROUP; part++) {
      sum += parts[part];
    }
    loss = sum / f32(params.N);
  }
}
