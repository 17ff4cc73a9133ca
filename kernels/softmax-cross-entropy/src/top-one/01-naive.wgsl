// top one, rung 01: naive
// Computes  classes[n] = the first c with the largest logits[n,c],
//           probabilities[n] = 1 / sum over c of exp(logits[n,c] - largest), the softmax of that class
// Layout    logits [N,C] f32; classes [N] i32; probabilities [N] f32
// Mapping   invocation -> one row
// Traffic   8 B read per logit for 4 FLOP
// Resources no workgroup memory; 64 invocations a workgroup; a row's best class, its logit and the sum in registers
// Change    start: one invocation walks a row, for the largest logit and its class, and for the sum of exponentials
// Expect    a batch of 32 rows keeps 32 invocations busy; microseconds beside the convolutions' milliseconds
// Edges     any shape. The first NaN of a row is its largest, as in torch.argmax; its probability is NaN
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  N: u32,
  C: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> classes: array<i32>;
@group(0) @binding(3) var<storage, read_write> probabilities: array<f32>;

// By its bits, because WGSL lets a compiler assume that no value is NaN.
fn isNaN(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let n = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (n >= params.N) {
    return;
  }
  let first = n * params.C;

  var best = 0u;
  var largest = logits[first];
  for (var c = 1u; c < params.C; c++) {
    let value = logits[first + c];
    if (!isNaN(largest) && (value > largest || isNaN(value))) {
      best = c;
      largest = value;
    }
  }
  var sum = 0.0;
  for (var c = 0u; c < params.C; c++) {
    sum += exp(logits[first + c] - largest);
  }
  classes[n] = i32(best);
  probabilities[n] = 1.0 / sum;
}
