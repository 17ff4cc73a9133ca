// dropout-drawn, rung 00: nothing, the dispatch floor
// Computes  nothing; out is left as it is
// Layout    x, out f32 [N,C], dense; keys u32[N]
// Mapping   the workgroups of rung 01, every invocation of which returns at once
// Traffic   none
// Resources no workgroup memory; 64 invocations a workgroup; nothing in registers
// Change    01 -> 00: the body of main is gone, and with it every draw, load and store
// Expect    what it costs to start these invocations; a rung can be faster only if it starts fewer
// Edges     any shape
// Needs     no optional feature, default limits
const WORKGROUP = 64u;

struct Params {
  N: u32, C: u32, layer: u32, threshold: u32, scale: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> keys: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main() {}
