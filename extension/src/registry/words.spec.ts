/** Sizes, progress and sources, in words. */
import { expect, test } from 'vitest';
import type { DownloadProgressed } from '../api/schema';
import { version } from './samples';
import { bytes, freed, progressText, roughly, sourceText, tokens } from './words';

const now: DownloadProgressed = {
  model: 'm',
  number: 1,
  done_bytes: 3.1e9,
  size_bytes: 15.2e9,
  bytes_per_second: 12e6,
  doing: 'downloading model.safetensors'
};

test('sizes are written as people do', () => {
  expect([0, 999, 1000, 9949, 999_499, 999_600, 15.2e9, 2.4e12].map(bytes)).toEqual([
    '0 bytes',
    '999 bytes',
    '1.0 kB',
    '9.9 kB',
    '999 kB',
    '1.0 MB',
    '15 GB',
    '2.4 TB'
  ]);
});

test('a download says how far it is, how fast, and how long it will take', () => {
  expect(progressText(now)).toBe('3.1 of 15 GB, 12 MB/s, about 17 min');
  expect(progressText({ ...now, done_bytes: 9e8 })).toMatch(/^900 MB of 15 GB, /);
  expect(progressText({ ...now, bytes_per_second: 0 })).toBe('3.1 of 15 GB');
  expect(progressText({ ...now, doing: 'waiting to go on: the connection broke' })).toBe(
    '3.1 of 15 GB, waiting to go on: the connection broke'
  );
});

test('durations are rough', () => {
  expect([3, 31, 59, 200, 9000].map(roughly)).toEqual([
    'a few seconds',
    'about 30 s',
    'about 1 min',
    'about 3 min',
    'about 2.5 h'
  ]);
});

test('a source is named as people know it', () => {
  expect(sourceText(version)).toBe('makers/m at 0123456');
  expect(sourceText({ ...version, source: 'folder', reference: '/x', is_owned: false })).toBe('/x');
  expect(sourceText({ ...version, source: 'folder', reference: '/x' })).toBe('copied from /x');
  expect(sourceText({ ...version, source: 'provider', reference: 'p/o/x' })).toMatch(/o\/x$/);
});

test('only our own files are freed', () => {
  expect(freed([version, { ...version, is_owned: false }])).toBe(2e6);
});

test('context lengths are short', () => {
  expect([512, 4096, 131072].map(tokens)).toEqual(['512', '4k', '128k']);
});
