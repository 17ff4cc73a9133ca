// concatenate, rung 00: the dispatch floor
// Computes  nothing
// Layout    a, b, out words of 32 bits [countA], [countB], [countA + countB], of whichever type: they are moved as bits
// Mapping   the workgroups of rung 01, every invocation of which returns at once
// Traffic   none
// Resources no workgroup memory; 64 invocations a workgroup; nothing in registers
// Change    01 -> 00: the same bindings and workgroups, and an empty main
// Expect    what it costs to start these invocations; a rung can be faster only if it starts fewer
// Edges     any counts
// Needs     no optional feature, default limits
const WORKGROUP = 64u;

struct Params {
  countA: u32,
  countB: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<u32>;
@group(0) @binding(2) var<storage, read> b: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<u32>;

@compute @workgroup_size(WORKGROUP)
fn main() {}
