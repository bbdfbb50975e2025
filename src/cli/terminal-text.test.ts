import { describe, expect, test } from 'vitest';
import { cutText, fitText, stripControls, toOneLine, widthOf } from './terminal-text.ts';

describe('controls', () => {
  test('an answer that moves the cursor, sets the title or rings the bell is text only', () => {
    expect(stripControls('a\x1b[2Jb\x1b]0;title\x07c\x07d\x9b31me\rf')).toBe('abcdef');
  });

  test('text that would be shown in another order, or hidden, is not', () => {
    expect(stripControls('a\u202Eb\u2066c\u200Bd\u{E0041}e\uFEFF')).toBe('abcde');
  });

  test('lines and tabs stay', () => {
    expect(stripControls('a\r\n\tb\n')).toBe('a\n\tb\n');
  });

  test('one line stays one line whatever separates it', () => {
    expect(toOneLine(' a\n\n b\t\u2028c\x1b[1A ')).toBe('a b c');
  });

  test('joined emoji keep what joins them, and marks their letters', () => {
    expect(stripControls('👩‍💻 é')).toBe('👩‍💻 é');
  });
});

describe('width', () => {
  test.each([
    ['plain', 5],
    ['日本', 4],
    ['한국', 4],
    ['e\u0301', 1],
    ['👩‍💻', 2],
    ['→·…', 3],
    ['', 0],
  ])('%j takes %i columns', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  test('a cut never takes more columns than there are', () => {
    expect(cutText('abcdef', 4)).toBe('abc…');
    expect(cutText('日本語', 4)).toBe('日…');
    expect(cutText('日本語', 5)).toBe('日本…');
    expect(cutText('日本語', 6)).toBe('日本語');
    expect(cutText('abc', 0)).toBe('');
  });

  test('columns stand under each other', () => {
    expect(fitText('日本語', 4)).toBe('日… ');
    expect(fitText('ab', 4)).toBe('ab  ');
  });
});
