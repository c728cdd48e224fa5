/** Figures of engines as people read them, and the points of a small line. Pure. */

/** Bytes as gigabytes, or megabytes where that is little. */
export function gigabytes(bytes: number): string {
  const size = bytes / 1024 ** 3;
  return size < 0.1 ? `${Math.round(bytes / 1024 ** 2)} MB` : `${size.toFixed(1)} GB`;
}

/** A number of tokens a second: whole ones, but for small ones. */
export function pace(value: number | null): string {
  if (value === null) {
    return '–';
  }
  return value >= 10 || value === 0 ? Math.round(value).toLocaleString('en') : value.toFixed(1);
}

/** Seconds, or milliseconds where they are few. */
export function seconds(value: number | null): string {
  if (value === null) {
    return '–';
  }
  return value < 1 ? `${Math.round(1000 * value)} ms` : `${value.toFixed(1)} s`;
}

/** The points of a line through values, newest at the right end; gaps where one is unknown. */
export function line(
  values: readonly (number | null)[],
  count: number,
  width: number,
  height: number,
  most: number
): string[] {
  const pieces: string[] = [];
  let points: string[] = [];
  const step = width / Math.max(1, count - 1);
  const end = (): void => {
    if (points.length) {
      pieces.push(points.join(' '));
      points = [];
    }
  };
  values.forEach((value, index) => {
    if (value === null) {
      end();
      return;
    }
    const x = width - (values.length - 1 - index) * step;
    const y = height - 1 - (Math.min(value, most) / (most || 1)) * (height - 2);
    points.push(`${x.toFixed(1)},${y.toFixed(1)}`);
  });
  end();
  return pieces;
}
