import { describe, expect, it } from 'vitest';
import type { Outcome } from '#shared/domain/outcome.ts';
import { concat, fromUtf8, sha256, sha256Hex, toHex, utf8 } from '#shared/evidence/bytes.ts';
import {
  checkpointOf,
  compareCheckpoint,
  custodyFile,
  custodyLineBytes,
  verifyCustody,
  ZERO_HASH,
} from '#shared/evidence/custody.ts';
import { readExcerpt } from '#shared/evidence/excerpt.ts';
import { sealDigest } from '#shared/evidence/seal.ts';

function custodyLines(count: number): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let seq = 1; seq <= count; seq++) {
    const last = lines.at(-1);
    lines.push(
      custodyLineBytes({
        v: 1,
        seq,
        prev: last === undefined ? ZERO_HASH : sha256Hex(last),
        at: '2026-05-01T10:00:00.000Z',
        mono_ns: String(seq * 1000),
        boot_id: 'boot-1',
        actor: 'analyst',
        kind: 'attempt.recorded',
        data: { n: seq },
      }),
    );
  }
  return lines;
}

const edit = (line: Uint8Array) => utf8(fromUtf8(line).replace('"n":', '"n":9'));

describe('custody log', () => {
  it('accepts an honest log and its stored hashes', () => {
    const lines = custodyLines(20);
    expect(verifyCustody(lines)).toBeNull();
    expect(verifyCustody(lines, lines.map(sha256))).toBeNull();
    expect(readExcerpt(custodyFile(lines))).toEqual(lines);
  });
  it('names an edited line, an edited line with its hash, a gap and a malformed line', () => {
    const lines = custodyLines(20);
    const hashes = lines.map(sha256);
    const edited = lines.with(4, edit(lines[4] as Uint8Array));
    expect(verifyCustody(edited, hashes)).toEqual({ kind: 'hash mismatch', seq: 5 });
    expect(verifyCustody(edited, edited.map(sha256))).toEqual({ kind: 'chain broken', seq: 6 });
    expect(verifyCustody(lines.toSpliced(4, 1))).toEqual({ kind: 'gap', seq: 5 });
    expect(verifyCustody(lines.slice(1))).toEqual({ kind: 'gap', seq: 1 });
    expect(verifyCustody(lines.with(3, utf8('{}')))).toEqual({ kind: 'malformed line', seq: 4 });
    expect(verifyCustody(lines.with(3, concat(lines[3] as Uint8Array, utf8(' '))))).toEqual({
      kind: 'malformed line',
      seq: 4,
    });
  });
  it('shows a cut or rebuilt log against an older checkpoint', () => {
    const lines = custodyLines(50);
    const checkpoint = checkpointOf(lines);
    expect(compareCheckpoint([...lines, ...custodyLines(3)], checkpoint)).toBeNull();
    expect(compareCheckpoint(lines.slice(0, 45), checkpoint)).toBe(
      'log truncated: 45 < checkpoint 50',
    );
    const rebuilt = custodyLines(50).with(49, edit(lines[49] as Uint8Array));
    expect(verifyCustody(rebuilt)).toBeNull();
    expect(compareCheckpoint(rebuilt, checkpoint)).toBe('checkpoint root differs');
  });
});

describe('seal of a canary', () => {
  const attempt = (target: string, k: number, number: number, body: string | null) => ({
    id: `${target}-${k}-${number}`,
    target,
    k,
    number,
    outcome: (body === null ? 'interrupted' : 'answered') as Outcome,
    response: body === null ? null : { body: utf8(body) },
  });
  const attempts = [attempt('b', 1, 1, 'x'), attempt('a', 1, 2, 'y'), attempt('a', 1, 1, null)];

  it('does not depend on the order in which the answers came', () => {
    expect(sealDigest(attempts.toReversed())).toBe(sealDigest(attempts));
  });
  it('hashes the documented JSON', () => {
    const expected = `[{"attempt":"b-1-1","k":1,"number":1,"outcome":"answered","response_sha256":"${toHex(sha256(utf8('x')))}","target":"b"}]`;
    expect(sealDigest(attempts.slice(0, 1))).toBe(sha256Hex(utf8(expected)));
  });
  it('changes with any answer, outcome or missing attempt', () => {
    const digest = sealDigest(attempts);
    expect(sealDigest(attempts.slice(1))).not.toBe(digest);
    expect(sealDigest(attempts.with(0, attempt('b', 1, 1, 'z')))).not.toBe(digest);
    expect(
      sealDigest(attempts.with(0, { ...attempt('b', 1, 1, 'x'), outcome: 'refused' })),
    ).not.toBe(digest);
  });
});
