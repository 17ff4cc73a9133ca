import { isUtf8 } from "node:buffer";

/**
 * A file name as text, whatever its bytes: where they are no UTF-8, each byte above 127 becomes the lone surrogate
 * U+DC00 + byte, as Python's os.fsdecode has it, so that `systemPath` finds the file again.
 */
export function decodeName(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  return Array.from(bytes, (byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)).join("");
}

/** What the file system knows a path by: the text, or the bytes that `decodeName` made it from. */
export function systemPath(path: string): string | Buffer {
  if (!/\p{Cs}/u.test(path)) return path;
  const parts = path.split(/([\udc80-\udcff])/u).map((part, index) => {
    return index % 2 === 1 ? Buffer.from([part.charCodeAt(0) - 0xdc00]) : Buffer.from(part);
  });
  return Buffer.concat(parts);
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, "0");

/**
 * A name as it may be shown on a terminal or in a list: control characters, those that turn the direction of writing,
 * line separators and bytes that are no text stand as escapes such as `\x1b`, so that none acts on the reader's screen.
 */
export function printable(name: string): string {
  return name.replace(/[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, (character) => {
    if (character === "\n") return "\\n";
    const code = character.charCodeAt(0);
    if (code < 0x100) return `\\x${hex(code, 2)}`;
    return code >= 0xdc80 && code <= 0xdcff ? `\\x${hex(code - 0xdc00, 2)}` : `\\u${hex(code, 4)}`;
  });
}
