import { describe, expect, it } from 'vitest';
import { parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each<[string, number | undefined]>([
    ['0', 0],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['300ms', 300],
    ['', undefined],
    ['10', undefined],
    ['m', undefined],
    ['-5m', undefined],
    ['1d', undefined],
    ['5m ', undefined],
    ['1.m', undefined],
    ['1us', 0.001],
    ['1µs', 0.001],
    ['500000ns', 0.5],
    ['2562047h', 9_223_369_200_000],
    ['2562048h', undefined],
  ])('reads %j as %j ms', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));
});
