// dlr-gradient, rung 01: one row per invocation
// Computes  the gradient of -(z_y - z_t) / (z_1 - (z_3 + z_4) / 2 + 1e-12), y = labels[n], t = targets[n], z_k the k-th
//           largest logit of row n; with fewer than four classes the divisor is 1
// Layout    logits, dLogits f32[N,C]; labels, targets i32[N]
// Mapping   invocation -> one row
// Traffic   8 B per logit (read logits, write dLogits), and each row's few largest again
// Resources no workgroup memory; 64 invocations a workgroup; four logits and their places in registers
// Change    start: a row is short, and few rows are a batch: nothing to share out
// Expect    less than any kernel of the network: a batch of 64 rows of 200 classes is one workgroup
// Edges     any shape from 2 classes up; of equal logits the first counts as the larger
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  N: u32,
  C: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<i32>;
@group(0) @binding(3) var<storage, read> targets: array<i32>;
@group(0) @binding(4) var<storage, read_write> dLogits: array<f32>;

// The largest of a row so far, in falling order, and where they stand.
struct Largest {
  values: vec4f,
  places: vec4u,
}

fn insert(largest: Largest, value: f32, place: u32) -> Largest {
  let v = largest.values;
  let p = largest.places;
  if (value > v.x) { return Largest(vec4f(value, v.xyz), vec4u(place, p.xyz)); }
  if (value > v.y) { return Largest(vec4f(v.x, value, v.yz), vec4u(p.x, place, p.yz)); }
  if (value > v.z) { return Largest(vec4f(v.xy, value, v.z), vec4u(p.xy, place, p.z)); }
  if (value > v.w) { return Largest(vec4f(v.xyz, value), vec4u(p.xyz, place)); }
  return largest;
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let n = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (n >= params.N) { return; }
  let row = n * params.C;
  var largest = Largest(vec4f(-3.4e38), vec4u());
  for (var c = 0u; c < params.C; c++) {
    largest = insert(largest, logits[row + c], c);
    dLogits[row + c] = 0.0;
  }
  let y = row + u32(labels[n]);
  let t = row + u32(targets[n]);
  let difference = logits[y] - logits[t];
  var divisor = 1.0;
  if (params.C >= 4u) {
    divisor = largest.values.x - 0.5 * (largest.values.z + largest.values.w) + 1e-12;
    let through = difference / divisor / divisor;
    dLogits[row + largest.places.x] += through;
    dLogits[row + largest.places.z] -= 0.5 * through;
    dLogits[row + largest.places.w] -= 0.5 * through;
  }
  dLogits[y] -= 1.0 / divisor;
  dLogits[t] += 1.0 / divisor;
}
