// max-pool2d forward, rung 01: one invocation per output element
// Computes  out[n,oh,ow,c] = max over kh,kw of x[n, oh*stride+kh-padding, ow*stride+kw-padding, c],
//           argmax = kh*kernel+kw of the winner: the first of equal values, the last NaN where there is one
// Layout    x [N,IH,IW,C], out [N,OH,OW,C]; f32, dense; argmax as out, u32
// Mapping   invocation -> one element of out; neighbours differ in c
// Traffic   kernel*kernel loads of 4 B and two stores for kernel*kernel comparisons
// Resources no workgroup memory; 64 invocations a workgroup; the best value and its place in registers
// Change    start: one invocation for each element of out, which goes over its window and tests every tap against the
//           border
// Expect    limited by the loads; windows overlap, so a cache serves most of them
// Edges     any shape; taps on the padding are skipped; no window lies on padding alone (padding <= kernel/2)
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  N: u32, IH: u32, IW: u32, C: u32, OH: u32, OW: u32, kernel: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(3) var<storage, read_write> argmax: array<u32>;

// By its bits: WGSL lets a compiler assume that floats compare as if NaN did not exist.
fn isNaN(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= p.N * p.OH * p.OW * p.C) { return; }
  let c = index % p.C;
  let ow = index / p.C % p.OW;
  let oh = index / (p.C * p.OW) % p.OH;
  let n = index / (p.C * p.OW * p.OH);

  var best = 0.0;
  var place = 0u;
  var found = false;
  for (var kh = 0u; kh < p.kernel; kh++) {
    for (var kw = 0u; kw < p.kernel; kw++) {
      // Unsigned: left of or above the image wraps round to a huge number, so one comparison finds both sides.
      let ih = oh * p.stride + kh - p.padding;
      let iw = ow * p.stride + kw - p.padding;
      if (ih >= p.IH || iw >= p.IW) { continue; }
      let value = x[((n * p.IH + ih) * p.IW + iw) * p.C + c];
      if (!found || isNaN(value) || (value > best && !isNaN(best))) {
        best = value;
        place = kh * p.kernel + kw;
        found = true;
      }
    }
  }
  out[index] = best;
  argmax[index] = place;
}
