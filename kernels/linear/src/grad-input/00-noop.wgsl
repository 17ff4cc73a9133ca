// linear grad-input, rung 00: the dispatch floor
// Computes  nothing
// Layout    dOut [N,OUT], weight [IN,OUT], dX [N,IN]; f32, dense
// Mapping   the workgroups of rung 01, every invocation of which returns at once
// Traffic   none
// Expect    what it costs to start these invocations; no rung with as many can be faster
// Needs     no optional feature, default limits
const WORKGROUP = 64u;

struct Params {
  N: u32, IN: u32, OUT: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> dX: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main() {}
