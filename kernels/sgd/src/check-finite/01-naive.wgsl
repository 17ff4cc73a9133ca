// sgd check-finite, rung 01: naive
// Computes  overflowed |= 1 where an element of gradient is NaN or infinite
// Layout    gradient flat f32[count]; overflowed u32[]
// Mapping   invocation -> one element
// Traffic   4 B per element, no FLOP
// Resources no workgroup memory; 64 invocations a workgroup; one element in registers
// Change    start: whether gradients are numbers is found on the device, so that a replayed step needs no answer from the
//           host; who finds one says so by an atomic, which all do alike, so that their order does not count
// Expect    bound by memory; the atomic costs nothing as long as all are numbers
// Edges     any count;
//           the exponent's bits are compared, as a compiler may take it that no float is NaN
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> overflowed: atomic<u32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (i >= params.count) { return; }
  if ((bitcast<u32>(gradient[i]) & 0x7f800000u) == 0x7f800000u) { atomicOr(&overflowed, 1u); }
}
