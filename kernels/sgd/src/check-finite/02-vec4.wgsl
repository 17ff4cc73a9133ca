// sgd check-finite, rung 02: four elements per invocation
// Computes  overflowed |= 1 where an element of gradient is NaN or infinite
// Layout    gradient flat f32[count]; overflowed u32[]
// Mapping   invocation -> one vector of four elements
// Traffic   4 B per element, no FLOP
// Resources no workgroup memory; 64 invocations a workgroup; one vector in registers
// Change    01 -> 02: the gradient is bound as vectors, so one load where there were four, and a quarter of the invocations
// Expect    the same bytes in a quarter of the memory instructions, bounds checks and index arithmetic
// Edges     any count; elements past it in the last vector do not count;
//           the exponent's bits are compared, as a compiler may take it that no float is NaN
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> overflowed: atomic<u32>;

/// Whether one of the elements 4 i to 4 i + 3 that the run has is no number.
fn overflows(i: u32) -> bool {
  let isNone = (bitcast<vec4u>(gradient[i]) & vec4u(0x7f800000u)) == vec4u(0x7f800000u);
  return any(isNone & (4u * i + vec4u(0, 1, 2, 3) < vec4u(params.count)));
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (4u * i >= params.count) { return; }
  if (overflows(i)) { atomicOr(&overflowed, 1u); }
}
