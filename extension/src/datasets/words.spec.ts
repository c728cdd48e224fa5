/** Numbers, sizes and moments, as a person reads them. */
import { describe, expect, it } from 'vitest';
import { edge, figure, many, share, size } from './words';

describe('words', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1234, '1.2 kB'],
    [50_950_758, '51 MB'],
    [999_999, '1.0 MB']
  ])('%d bytes are %s', (bytes, text) => expect(size(bytes)).toBe(text));

  it.each([
    [1234567, '1,234,567'],
    [153.53517, '153.5'],
    [4054.5276, '4,054.53'],
    [0.00001234, '1.234e-5'],
    [-0.5, '-0.5']
  ])('%d is written %s', (value, text) => expect(figure(value)).toBe(text));

  it('writes days and moments', () => {
    expect(edge('date', 631756800)).toBe('1990-01-08');
    expect(edge('date', 631756800 + 3660)).toBe('1990-01-08 01:01');
    expect(edge('time', 3661)).toBe('01:01:01');
  });

  it('never says none or all of what is some', () => {
    expect(share(1, 10_000)).toBe('<1 %');
    expect(share(9_999, 10_000)).toBe('>99 %');
    expect(share(2836, 10_000)).toBe('28 %');
    expect(many(1, 'row')).toBe('1 row');
  });
});
