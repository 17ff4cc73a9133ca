import type { BufferSlice } from "@fledge/runtime";

/**
 * Bytes of a batch that lie on the device already: a slice for each example, of a whole number of words. A run copies them
 * when it is submitted, so that they may be written over by what is submitted after it.
 */
export class DeviceRows {
  readonly rows: readonly BufferSlice[];

  constructor(rows: readonly BufferSlice[]) {
    this.rows = rows;
  }
}
