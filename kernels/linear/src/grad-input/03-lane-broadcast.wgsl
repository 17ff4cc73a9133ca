// linear grad-input, rung 03: the lanes of a subgroup load dOut for one another
// Computes  dX[n,i] = sum over o of dOut[n,o] * weight[i,o]
// Layout    dOut [N,OUT], weight [IN,OUT], dX [N,IN]; f32, dense; all as vectors of four
// GEMM      gemmM = N, gemmN = IN, gemmK = OUT; weight is taken transposed, but not stored so
// Mapping   workgroup.y -> TM rows of dX; invocation -> four neighbouring i of them; lanes share the rows
//           and differ in i
// Traffic   per 4*lanes steps of o: TM loads of dOut and 4*lanes of weight, 16 B each, for 16*TM*lanes multiply-adds:
//           3.2 FLOP/B with 8 lanes
// Resources no workgroup memory; 32 invocations a workgroup; 32 sums, 8 vectors of dOut and 4 of weight in registers
// Change    02 -> 03: each lane loads another vector of dOut, and subgroupShuffle hands it to all. For that the rows
//           come from workgroup.y, lanes past the last column stay, and WORKGROUP is 32, was 64. TM 8, was 4
// Expect    almost no loads of dOut and half of those of weight; gains where a shuffle is cheaper than a load of one
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
@group(0) @binding(1) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dX: array<vec4f>;

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
  let i = workgroup.x * WORKGROUP + local;
  let column = min(i, IN4 - 1u);
  let n = workgroup.y * TM;
  // A workgroup smaller than a subgroup fills the first of its lanes.
  let lanes = min(size, WORKGROUP);

  var sums: array<vec4f, TM>;
  for (var first = 0u; first < OUT4; first += lanes) {
    var mine: array<vec4f, TM>;
    for (var m = 0u; m < TM; m++) {
      mine[m] = dOut[min(n + m, p.N - 1u) * OUT4 + min(first + lane, OUT4 - 1u)];
    }
    for (var o = first; o < min(first + lanes, OUT4); o++) {
      let w0 = weight[(4u * column + 0u) * OUT4 + o];
      let w1 = weight[(4u * column + 1u) * OUT4 + o];
      let w2 = weight[(4u * column + 2u) * OUT4 + o];
      let w3 = weight[(4u * column + 3u) * OUT4 + o];
      for (var m = 0u; m < TM; m++) {
        let v = subgroupShuffle(mine[m], o - first);
        sums[m] += vec4f(dot(v, w0), dot(v, w1), dot(v, w2), dot(v, w3));
      }
    }
  }
  for (var m = 0u; m < TM; m++) {
    if (n + m < p.N && i < IN4) { dX[(n + m) * IN4 + i] = sums[m]; }
  }
}
