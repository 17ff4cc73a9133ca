// linear forward, rung 05: the sum split over several invocations
// Computes  out[n,o] = bias[o] + sum over i of x[n,i] * weight[i,o]
// Layout    x [N,IN], weight [IN,OUT], bias [OUT], out [N,OUT]; f32, dense; all as vectors of four;
//           scratch partials [SPLITS,N,OUT]
// GEMM      gemmM = N, gemmN = OUT, gemmK = IN
// Mapping   partialSums: workgroup.y -> a part of i, invocation -> TM rows of out, four neighbouring o;
//           addUp: invocation -> four neighbouring o of one row, whose parts it adds in order
// Traffic   partialSums as rung 02: 1 FLOP/B; and 32*SPLITS B more per vector of out, to write the parts and read them
//           again
// Resources no workgroup memory; 64 invocations a workgroup; 16 sums, 4 vectors of weight and 1 of x in registers;
//           scratch partials 4*SPLITS = 32 B per element of out
// Change    02 -> 05: SPLITS times the invocations, each with a part of the sum; a second pass adds the parts and the
//           bias. The part is workgroup.y, so the grid is no longer folded
// Expect    gains on a GPU: a classifier has few outputs and long sums; the 400 blocks of 32 rows of 200 classes leave
//           most of it idle. A CPU is full before, and pays for the parts
// Edges     IN and OUT multiples of 4; rows past N repeat the last one and are not stored; parts past IN are 0
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;
const TM = 4u;
const SPLITS = 8u;

struct Params {
  N: u32, IN: u32, OUT: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn partialSums(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let IN4 = p.IN / 4u;
  let OUT4 = p.OUT / 4u;
  let index = workgroup.x * WORKGROUP + local;
  let o = index % OUT4;
  let n = index / OUT4 * TM;
  if (n >= p.N) { return; }

  var sums: array<vec4f, TM>;
  let length = (IN4 + SPLITS - 1u) / SPLITS;
  let first = workgroup.y * length;
  for (var i = first; i < min(first + length, IN4); i++) {
    let w0 = weight[(4u * i + 0u) * OUT4 + o];
    let w1 = weight[(4u * i + 1u) * OUT4 + o];
    let w2 = weight[(4u * i + 2u) * OUT4 + o];
    let w3 = weight[(4u * i + 3u) * OUT4 + o];
    for (var m = 0u; m < TM; m++) {
      let v = x[min(n + m, p.N - 1u) * IN4 + i];
      sums[m] += v.x * w0 + v.y * w1 + v.z * w2 + v.w * w3;
    }
  }
  for (var m = 0u; m < TM; m++) {
    if (n + m < p.N) { partials[(workgroup.y * p.N + n + m) * OUT4 + o] = sums[m]; }
  }
}

@compute @workgroup_size(WORKGROUP)
fn addUp(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let OUT4 = p.OUT / 4u;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= p.N * OUT4) { return; }

  var sum = bias[index % OUT4];
  for (var split = 0u; split < SPLITS; split++) {
    sum += partials[split * p.N * OUT4 + index];
  }
  out[index] = sum;
}
