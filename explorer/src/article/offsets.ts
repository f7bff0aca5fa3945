/** Offsets: those of the data count code points, those of the browser code units. */

export interface Measured {
  /** The text between two offsets. */
  slice(start: number, end: number): string;
  /** The offset in UTF-8 bytes. */
  bytes(offset: number): number;
  /** The offset in code points of an offset in code units. */
  points(unit: number): number;
}

export function measure(raw: string): Measured {
  const plain = !/[\ud800-\udfff]/.test(raw);
  const starts: number[] = [];
  if (!plain) {
    let at = 0;
    for (const letter of raw) {
      starts.push(at);
      at += letter.length;
    }
    starts.push(at);
  }
  const unit = (offset: number) => (plain ? offset : (starts[offset] ?? raw.length));
  const encoder = new TextEncoder();
  return {
    slice: (start, end) => raw.slice(unit(start), unit(end)),
    bytes: (offset) => encoder.encode(raw.slice(0, unit(offset))).length,
    points: (at) => {
      if (plain) return at;
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (starts[middle]! < at) low = middle + 1;
        else high = middle;
      }
      return low;
    },
  };
}
