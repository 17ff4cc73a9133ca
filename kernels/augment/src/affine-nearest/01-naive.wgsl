// affine nearest, rung 01: naive
// Computes  every pixel becomes the input pixel at its position under a matrix, or fill where that lies outside
// Layout    images u8[bytes], an image 3 words for 4 pixels;
//           jobs u32[N,12] = kind, from, to (words), width, height, fill, place in list; list i32[list]:
//           kind 1: the input column of every column, then the input row of every row, -1 outside
//           kind 2: column of the first pixel in 16.16 fixed point, its steps along x and y, and the same of the row
// Mapping   GROUPS workgroups an image, which take its pixels in turns; an invocation makes four pixels
// Traffic   per four pixels 12 B written and 8 words read, of rows that a steep matrix scatters
// Resources no workgroup memory; 64 invocations a workgroup; four pixels in registers
// Change    start: one pixel after the other
// Expect    bound by its loads; integers alone, so that no rounding is anyone's choice
// Edges     any size; kind 0: nothing; what lies past the last pixel of a last four is worked on as its place in a further row
// Needs     no optional feature, default limits
const WORKGROUP = 64u;
const GROUPS = 16u;
const JOB_WORDS = 12u;

@group(0) @binding(0) var<storage, read> jobs: array<u32>;
@group(0) @binding(1) var<storage, read> list: array<i32>;
@group(0) @binding(2) var<storage, read_write> images: array<u32>;

/** The pixel whose number is counted from the image's first word: R, G, B as the lowest three bytes. */
fn pixelAt(start: u32, pixel: u32) -> u32 {
  let byte = 3u * pixel;
  let word = start + byte / 4u;
  let shift = 8u * (byte & 3u);
  return ((images[word] >> shift) | ((images[word + 1u] << 1u) << (31u - shift))) & 0xffffffu;
}

/** Four pixels as three whole words, so that no word has two writers. */
fn storeFour(word: u32, a: u32, b: u32, c: u32, d: u32) {
  images[word] = a | (b << 24u);
  images[word + 1u] = (b >> 8u) | (c << 16u);
  images[word + 2u] = (c >> 16u) | (d << 8u);
}

fn valueAt(n: u32, pixel: u32) -> u32 {
  let job = n * JOB_WORDS;
  let width = jobs[job + 3u];
  let height = jobs[job + 4u];
  let at = jobs[job + 6u];
  let x = pixel % width;
  let y = pixel / width;
  var column = 0;
  var row = 0;
  if (jobs[job] == 1u) {
    column = list[at + x];
    row = list[at + width + min(y, height - 1u)];
  } else {
    column = (list[at] + i32(x) * list[at + 1u] + i32(y) * list[at + 2u]) >> 16u;
    row = (list[at + 3u] + i32(x) * list[at + 4u] + i32(y) * list[at + 5u]) >> 16u;
  }
  if (column < 0 || u32(column) >= width || row < 0 || u32(row) >= height) {
    return jobs[job + 5u];
  }
  return pixelAt(jobs[job + 1u], u32(row) * width + u32(column));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = group.y * JOB_WORDS;
  if (jobs[job] == 0u) {
    return;
  }
  let fours = (jobs[job + 3u] * jobs[job + 4u] + 3u) / 4u;
  for (var four = group.x * WORKGROUP + lane; four < fours; four += GROUPS * WORKGROUP) {
    let pixel = 4u * four;
    storeFour(
      jobs[job + 2u] + 3u * four,
      valueAt(group.y, pixel),
      valueAt(group.y, pixel + 1u),
      valueAt(group.y, pixel + 2u),
      valueAt(group.y, pixel + 3u),
    );
  }
}
