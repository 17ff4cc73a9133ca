import type { RgbImage } from "@fledge/data";

/** The pixels in memory of their own: those of decoded images are shared between threads, which Dawn's bindings cannot read. */
export const plainBytes = ({ data }: RgbImage): Uint8Array<ArrayBuffer> => new Uint8Array(data);
