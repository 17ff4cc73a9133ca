// count correct, rung 01: naive
// Computes  correct = the number of rows n whose first c with the largest logits[n,c] is labels[n]
// Layout    logits [N,C] f32; labels [N] i32; correct u32[]; hits [N] u32
// Mapping   hitOfRow: invocation -> one row; count: one invocation adds the rows up
// Traffic   4 B read per logit for 1 FLOP
// Resources no workgroup memory; 64 invocations a workgroup, 1 in count; a row's best class and its logit in registers;
//           scratch: hits, 4 B a row
// Change    start: one invocation walks a row for the class of its largest logit; a second dispatch counts the hits
// Expect    a batch of 32 rows keeps 32 invocations busy; microseconds beside the convolutions' milliseconds
// Edges     any shape. The first NaN of a row is its largest, as in torch.argmax; a label that is no class is never hit
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  N: u32,
  C: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<i32>;
@group(0) @binding(3) var<storage, read_write> hits: array<u32>;
@group(0) @binding(4) var<storage, read_write> correct: u32;

// By its bits, because WGSL lets a compiler assume that no value is NaN.
fn isNaN(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
}

@compute @workgroup_size(WORKGROUP)
fn hitOfRow(
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
  hits[n] = u32(i32(best) == labels[n]);
}

@compute @workgroup_size(1)
fn count() {
  var sum = 0u;
  for (var n = 0u; n < params.N; n++) {
    sum += hits[n];
  }
  correct = sum;
}
