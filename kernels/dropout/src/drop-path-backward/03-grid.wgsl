// drop-path-backward, rung 03: images from the grid
// Computes  g = dOut, 0 where RELU and out <= 0; dBranch[n,i] = g[n,i] * scale where keep[n], else 0; dIdentity = g
//           where RELU
// Layout    out, dOut, dIdentity, dBranch f32 [N,size], dense; keep i32[N], 0 or 1; activations as vectors of four
//           elements
// Mapping   workgroup.y -> image; invocation -> four neighbouring elements of it
// Traffic   16 B per element with ReLU (read out and dOut, write both gradients) for 2 FLOP, else 8 B for one
// Resources no workgroup memory; 64 invocations a workgroup; one vector of each activation in registers
// Change    02 -> 03: the grid's y counts images, so that no division finds them and a workgroup has one decision
// Expect    no division; a workgroup at an image's end is partly idle. Both gradients are written whatever the
//           decision: there is no load to skip but without ReLU
// Edges     size a multiple of 4; at most 65535 images, and workgroups for each
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;
const RELU = 0u;

struct Params {
  N: u32, size: u32, scale: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> out: array<vec4f>;
@group(0) @binding(2) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(3) var<storage, read> keep: array<i32>;
@group(0) @binding(4) var<storage, read_write> dIdentity: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> dBranch: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32) {
  let vectors = params.size / 4u;
  let v = workgroup.x * WORKGROUP + local;
  if (v >= vectors) { return; }
  let i = workgroup.y * vectors + v;
  var g = dOut[i];
  if (RELU == 1u) {
    g = select(g, vec4f(0.0), out[i] <= vec4f(0.0));
    dIdentity[i] = g;
  }
  dBranch[i] = select(vec4f(0.0), g * params.scale, keep[workgroup.y] != 0);
}
