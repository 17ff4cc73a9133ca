/* oxlint-disable no-control-regex -- files begin with control characters */
/** Beginnings of files that get mistaken for images and archives, as Latin-1 text, and what such a file is. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [/^[^]{257}ustar/, "a tar archive"],
  [/^version https:\/\/git-lfs/, 'a Git LFS pointer: "git lfs pull" fetches the file itself'],
  [/^\s*(<\?xml[^>]*>\s*)?(<!--[^]*?-->\s*)?(<!DOCTYPE svg[^>]*>\s*)?<svg/i, "an SVG drawing"],
  [/^\s*(<!DOCTYPE html|<html|<head|<body)/i, "an HTML page, such as a server answers instead of the file"],
  [/^PK(\x03\x04|\x05\x06|\x07\x08)/, "a ZIP archive"],
  [/^\x1f\x8b/, "gzip data"],
  [/^Rar!\x1a\x07/, "a RAR archive"],
  [/^7z\xbc\xaf\x27\x1c/, "a 7z archive"],
  [/^BZh[1-9]/, "bzip2 data"],
  [/^\xfd7zXZ\0/, "xz data"],
  [/^\x28\xb5\x2f\xfd/, "Zstandard data"],
  [/^\xff\xd8/, "a JPEG image"],
  [/^\x89PNG\r\n\x1a\n/, "a PNG image"],
  [/^RIFF[^]{4}WEBP/, "a WebP image"],
  [/^(II\*\0|MM\0\*|II\+\0|MM\0\+)/, "a TIFF image"],
  [/^GIF8[79]a/, "a GIF image"],
  [/^BM[^]{4}\0{4}/, "a BMP image"],
  [/^P[1-7]\s/, "a PNM image (PBM, PGM, PPM)"],
  [/^[^]{4}ftypavi[fs]/, "an AVIF image"],
  [/^[^]{4}ftyp(hei|hev|mif1|msf1)/, "a HEIF image"],
  [/^(\0\0\0\x0cjP {2}|\xff\x4f\xff\x51)/, "a JPEG 2000 image"],
  [/^(\xff\x0a|\0\0\0\x0cJXL )/, "a JPEG XL image"],
  [/^%PDF-/, "a PDF document"],
  [/^\0\x05\x16[\0\x07]/, "an AppleDouble file, which macOS leaves beside the image proper"],
  [/^\0*$/, "nothing but zeros"],
];

/** How many bytes of a file `kindOf` wants to see. */
export const kindBytes = 512;

/** What a file is by its first bytes, in words; undefined where they tell nothing. */
export function kindOf(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return "an empty file";
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, kindBytes)).toString("latin1");
  return kinds.find(([beginning]) => beginning.test(text))?.[1];
}
