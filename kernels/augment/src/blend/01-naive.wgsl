// blend, rung 01: naive
// Computes  base + factor (value - base), clipped to 0..255 and truncated; base is the grey of the pixel (kind 1), or the value
//           smoothed by 1 1 1, 1 5 1, 1 1 1 (kind 2)
// Layout    images u8[bytes], an image 3 words for 4 pixels; jobs u32[N,12] = kind, from, to (words), width, height; products f32[N,256]: products[n,d] = fround(factor d)
// Mapping   GROUPS workgroups an image, which take its pixels in turns; an invocation makes four pixels
// Traffic   per four pixels 12 B written and 8 words read, 72 where it smooths
// Resources no workgroup memory; 64 invocations a workgroup; nine pixels in registers
// Change    start: each pixel by itself
// Expect    bound by its loads, where it smooths nine pixels for one
// Edges     any size; the outermost pixels are not smoothed, and what lies past the last pixel of a last four neither; kind 0: nothing
// Needs     no optional feature, default limits
const WORKGROUP = 64u;
const GROUPS = 16u;
const JOB_WORDS = 12u;

@group(0) @binding(0) var<storage, read> jobs: array<u32>;
@group(0) @binding(1) var<storage, read> products: array<f32>;
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

/**
 * One rounded sum of a rounded product, in f32 as Pillow has it. The product is read and not computed: a compiler may
 * make one operation of a multiplication and an addition, with one rounding.
 */
fn blended(n: u32, base: u32, value: u32) -> u32 {
  let up = value >= base;
  let product = products[n * 256u + select(base - value, value - base, up)];
  return u32(clamp(f32(base) + select(-product, product, up), 0.0, 255.0));
}

/** ITU-R 601 luma in 16.16 fixed point. */
fn greyOf(rgb: u32) -> u32 {
  return (19595u * (rgb & 255u) + 38470u * ((rgb >> 8u) & 255u) + 7471u * (rgb >> 16u) + 32768u) >> 16u;
}

/** A pixel's channels in places from which nine of them cannot run over: red and blue; green. */
fn apart(rgb: u32) -> vec2u {
  return vec2u(rgb & 0xff00ffu, (rgb >> 8u) & 255u);
}

/** (sum + 6.5) / 13, truncated. */
fn thirteenth(sum: u32) -> u32 {
  return (2u * sum + 13u) / 26u;
}

fn smoothed(start: u32, pixel: u32, rgb: u32, width: u32, height: u32) -> u32 {
  let x = pixel % width;
  let y = pixel / width;
  if (x == 0u || y == 0u || x + 1u >= width || y + 1u >= height) {
    return rgb;
  }
  var sums = 4u * apart(rgb);
  for (var row = pixel - width; row <= pixel + width; row += width) {
    sums += apart(pixelAt(start, row - 1u)) + apart(pixelAt(start, row)) + apart(pixelAt(start, row + 1u));
  }
  return thirteenth(sums.x & 0xffffu) | (thirteenth(sums.y) << 8u) | (thirteenth(sums.x >> 16u) << 16u);
}

fn valueAt(n: u32, pixel: u32) -> u32 {
  let job = n * JOB_WORDS;
  let start = jobs[job + 1u];
  let rgb = pixelAt(start, pixel);
  var base = greyOf(rgb) * 0x010101u;
  if (jobs[job] == 2u) {
    base = smoothed(start, pixel, rgb, jobs[job + 3u], jobs[job + 4u]);
  }
  return blended(n, base & 255u, rgb & 255u) | (blended(n, (base >> 8u) & 255u, (rgb >> 8u) & 255u) << 8u) |
    (blended(n, base >> 16u, rgb >> 16u) << 16u);
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
