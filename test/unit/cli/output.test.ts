import { describe, expect, test } from 'vitest';
import { createOutput, terminalJson } from '../../../electron/hosts/cli/output.ts';
import { tableLines } from '../../../electron/hosts/cli/table.ts';
import { fakeIo } from './fake-io.ts';

const HOSTILE = 'a\u001b[31mred\u202etxt\u200b\u009b2J\nnext';

describe('what is printed', () => {
  test('JSON mode prints one value and no prose', () => {
    const terminal = fakeIo({ isTerminal: true });
    const out = createOutput(terminal.io, true);
    out.line('prose');
    out.table(['a'], [['b']]);
    out.jsonLines('{}\n');
    out.result({ a: 1 }, () => out.line('prose'));
    expect(terminal.stdout()).toBe('{"a":1}\n');
  });

  test('JSON holds no character that acts on a terminal and parses to the same value', () => {
    const text = terminalJson({ hostile: HOSTILE, tag: '\u{e0041}', plain: 'é 漢 😀' });
    expect(text).toMatch(/^[^\p{Cc}\p{Cf}]*$/u);
    expect(text).toContain('é 漢 😀');
    expect(JSON.parse(text)).toEqual({ hostile: HOSTILE, tag: '\u{e0041}', plain: 'é 漢 😀' });
  });

  test('prose shows hidden characters as codes, line feeds included where one line is meant', () => {
    const terminal = fakeIo({ isTerminal: false });
    const out = createOutput(terminal.io, false);
    out.line(HOSTILE);
    out.block('one\ntwo\u0007\n');
    out.note(HOSTILE);
    const shown = 'a⟦U+001B⟧[31mred⟦U+202E⟧txt⟦U+200B⟧⟦U+009B⟧2J⟦U+000A⟧next\n';
    expect(terminal.stdout()).toBe(`${shown}one\ntwo⟦U+0007⟧\n`);
    expect(terminal.stderr()).toBe(shown);
  });

  test('a table is aligned and bold on a terminal, and tab-separated elsewhere', () => {
    const rows = [
      ['a', 'long value'],
      ['wider', 'b\tc'],
    ];
    const onTerminal = fakeIo({ isTerminal: true });
    createOutput(onTerminal.io, false).table(['x', 'y'], rows);
    expect(onTerminal.stdout()).toBe(
      '\u001b[1mx      y\u001b[22m\na      long value\nwider  b⟦U+0009⟧c\n',
    );
    const piped = fakeIo({ isTerminal: false });
    createOutput(piped.io, false).table(['x', 'y'], rows);
    expect(piped.stdout()).toBe('x\ty\na\tlong value\nwider\tb⟦U+0009⟧c\n');
  });

  test('NO_COLOR and a dumb terminal get no colour', () => {
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      const terminal = fakeIo({ isTerminal: true, env });
      createOutput(terminal.io, false).heading('Title');
      expect(terminal.stdout()).toBe('Title\n');
    }
  });

  test('a long cell is cut on a terminal only', () => {
    const long = 'x'.repeat(100);
    const style = { aligned: true, heading: (text: string) => text };
    expect(tableLines(['a'], [[long]], style)[1]).toBe(`${'x'.repeat(71)}…`);
    expect(tableLines(['a'], [[long]], { ...style, aligned: false })[1]).toBe(long);
  });
});
