// linear forward, rung 03: the lanes of a subgroup load x for one another
// Computes  out[n,o] = bias[o] + sum over i of x[n,i] * weight[i,o]
// Layout    x [N,IN], weight [IN,OUT], bias [OUT], out [N,OUT]; f32, dense; all as vectors of four
// GEMM      gemmM = N, gemmN = OUT, gemmK = IN
// Mapping   workgroup.y -> TM rows of out; invocation -> four neighbouring o of them; lanes share the rows
//           and differ in o
// Traffic   per 4*lanes steps of i: TM loads of x and 4*lanes of weight, 16 B each, for 16*TM*lanes multiply-adds:
//           3.2 FLOP/B with 8 lanes
// Resources no workgroup memory; 32 invocations a workgroup; 32 sums, 8 vectors of x and 4 of weight in registers
// Change    02 -> 03: each lane loads another vector of x, and subgroupShuffle hands it to all. For that the rows come
//           from workgroup.y, lanes past the last column stay, and WORKGROUP is 32, was 64. TM 8, was 4
// Expect    almost no loads of x and half of those of weight; gains where a shuffle is cheaper than a load of one
//           address by all lanes
// Edges     IN and OUT multiples of 4; rows and columns past the end repeat the last one and are not stored.
//           No lane may leave before the others: a shuffle reads from all
// Needs     the feature subgroups, of any size; default limits.  Defined by ../reference.ts
enable subgroups;

const WORKGROUP = 32u;
const TM = 8u;

struct Params {
  N: u32, IN: u32, OUT: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) size: u32,
) {
  let p = params;
  let IN4 = p.IN / 4u;
  let OUT4 = p.OUT / 4u;
  let o = workgroup.x * WORKGROUP + local;
  let column = min(o, OUT4 - 1u);
  let n = workgroup.y * TM;
  // A workgroup smaller than a subgroup fills the first of its lanes.
  let lanes = min(size, WORKGROUP);

  var sums: array<vec4f, TM>;
  for (var first = 0u; first < IN4; first += lanes) {
    var mine: array<vec4f, TM>;
    for (var m = 0u; m < TM; m++) {
      mine[m] = x[min(n + m, p.N - 1u) * IN4 + min(first + lane, IN4 - 1u)];
    }
    for (var i = first; i < min(first + lanes, IN4); i++) {
      let w0 = weight[(4u * i + 0u) * OUT4 + column];
      let w1 = weight[(4u * i + 1u) * OUT4 + column];
      let w2 = weight[(4u * i + 2u) * OUT4 + column];
      let w3 = weight[(4u * i + 3u) * OUT4 + column];
      for (var m = 0u; m < TM; m++) {
        let v = subgroupShuffle(mine[m], i - first);
        sums[m] += v.x * w0 + v.y * w1 + v.z * w2 + v.w * w3;
      }
    }
  }
  for (var m = 0u; m < TM; m++) {
    if (n + m < p.N && o < OUT4) { out[(n + m) * OUT4 + o] = sums[m] + bias[o]; }
  }
}
