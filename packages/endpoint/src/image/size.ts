/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The native size to draw at for a size asked for: the nearest shape (by the ratio of the sides), then the nearest area.
 *
 * @example
 * nearestNativeSize({ width: 640, height: 360 }, [{ width: 128, height: 128 }, { width: 160, height: 96 }]);
 * // { width: 160, height: 96 }
 */
export function nearestNativeSize(asked: Size, native: readonly Size[]): Size {
  const distance = (size: Size): number => {
    const shape = Math.abs(Math.log((size.width / size.height) * (asked.height / asked.width)));
    const area = Math.abs(Math.log((size.width * size.height) / (asked.width * asked.height)));
    // A shape is worth more than any area: 1e-3 only breaks ties.
    return shape + 1e-3 * area;
  };
  return native.reduce((best, size) => (distance(size) < distance(best) ? size : best), native[0] ?? asked);
}
