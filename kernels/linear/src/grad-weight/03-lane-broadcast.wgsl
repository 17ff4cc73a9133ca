// linear grad-weight, rung 03: the lanes of a subgroup load x for one another
// Computes  dWeight[i,o] = sum over n of x[n,i] * dOut[n,o];  dBias[o] = sum over n of dOut[n,o]
// Layout    x [N,IN], dOut [N,OUT], dWeight [IN,OUT], dBias [OUT]; f32, dense; all as vectors of four
// GEMM      gemmM = IN, gemmN = OUT, gemmK = N; x is taken transposed, but not stored so
// Mapping   workgroup.y -> 4*TM rows i of dWeight; invocation -> four neighbouring o of them; lanes share the rows and
//           differ in o; those of the first rows store dBias too
// Traffic   per lanes steps of n: TM loads of x and lanes of dOut, 16 B each, for 16*TM*lanes multiply-adds:
//           5.3 FLOP/B with 8 lanes
// Resources no workgroup memory; 32 invocations a workgroup; 64 sums, 4 of dBias, 4 vectors of x and 1 of dOut in
//           registers
// Change    02 -> 03: each lane loads the x of another n, and subgroupShuffle hands it to all. For that the rows come
//           from workgroup.y, lanes past the last column stay, and WORKGROUP is 32, was 64. 64 sums, were 16
// Expect    almost no loads of x and a quarter of those of dOut; gains where a shuffle is cheaper than a load of one
//           address by all lanes
// Edges     IN and OUT multiples of 4; rows and columns past the end repeat the last one and are not stored.
//           No lane may leave before the others: a shuffle reads from all
// Needs     the feature subgroups, of any size; default limits.  Defined by ../reference.ts
enable subgroups;

const WORKGROUP = 32u;
const TM = 4u;

struct Params {
  N: u32, IN: u32, OUT: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dWeight: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dBias: array<vec4f>;

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
  let i = workgroup.y * TM;
  // A workgroup smaller than a subgroup fills the first of its lanes.
  let lanes = min(size, WORKGROUP);

  var sums: array<vec4f, 4 * TM>;
  var biasSum = vec4f();
  for (var first = 0u; first < p.N; first += lanes) {
    var mine: array<vec4f, TM>;
    for (var m = 0u; m < TM; m++) {
      mine[m] = x[min(first + lane, p.N - 1u) * IN4 + min(i + m, IN4 - 1u)];
    }
    for (var n = first; n < min(first + lanes, p.N); n++) {
      let d = dOut[n * OUT4 + column];
      for (var m = 0u; m < TM; m++) {
        let v = subgroupShuffle(mine[m], n - first);
        sums[4u * m + 0u] += v.x * d;
        sums[4u * m + 1u] += v.y * d;
        sums[4u * m + 2u] += v.z * d;
        sums[4u * m + 3u] += v.w * d;
      }
      biasSum += d;
    }
  }
  if (o >= OUT4) { return; }
  for (var m = 0u; m < 4u * TM; m++) {
    if (4u * i + m < p.IN) { dWeight[(4u * i + m) * OUT4 + o] = sums[m]; }
  }
  if (i == 0u) { dBias[o] = biasSum; }
}
