/** Figures as people read them. */
import { expect, test } from 'vitest';
import { gigabytes, line, pace, seconds } from './figures';

test('sizes, paces and times are written shortly', () => {
  expect(gigabytes(15.3 * 1024 ** 3)).toBe('15.3 GB');
  expect(gigabytes(2 * 1024 ** 2)).toBe('2 MB');
  expect([pace(null), pace(0), pace(3.14), pace(1234.5)]).toEqual(['–', '0', '3.1', '1,235']);
  expect([seconds(null), seconds(0.0123), seconds(2.34)]).toEqual(['–', '12 ms', '2.3 s']);
});

test('a line ends at the right, and has a gap where nothing is known', () => {
  expect(line([0, null, 10, 5], 4, 30, 12, 10)).toEqual(['0.0,11.0', '20.0,1.0 30.0,6.0']);
});

test('a line of zeros lies at the bottom', () => {
  expect(line([0, 0], 2, 10, 12, 0)).toEqual(['0.0,11.0 10.0,11.0']);
});
