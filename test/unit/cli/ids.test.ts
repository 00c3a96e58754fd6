import { describe, expect, test } from 'vitest';
import type { AuditStatus } from '#shared/contract/audit.ts';
import { exitOfAudit, exitOfEvidence } from '../../../electron/hosts/cli/evidence-view.ts';
import { pickById, wholeNumber } from '../../../electron/hosts/cli/ids.ts';
import { createProgress, duration, progressLine } from '../../../electron/hosts/cli/progress.ts';
import { fakeIo } from './fake-io.ts';

const pick = (items: readonly string[], text: string): string =>
  pickById(items, (item) => item, { text, what: 'audit' });

const status = (change: Partial<AuditStatus> = {}, state = 'running'): AuditStatus => ({
  audit: {
    auditId: '00000000-0000-4000-8000-000000000001',
    planId: '00000000-0000-4000-8000-000000000002',
    name: 'Test',
    caseId: 'default',
    state: state as AuditStatus['audit']['state'],
    startedUtc: '2026-01-01T00:00:00.000Z',
    endedUtc: null,
  },
  canariesDone: 3,
  canariesPlanned: 10,
  requestsDone: 12,
  requestsPlanned: 40,
  requestLimit: 100,
  exposures: 3,
  exposureLimit: 60,
  ratePerSecond: 4,
  remainingMs: 7_000,
  lanes: [],
  recovery: null,
  message: null,
  trouble: null,
  pasteWaiting: 0,
  warnings: [],
  ...change,
});

const labelled = (...labels: string[]) =>
  ({
    tierA: { suspects: labels.map((label) => ({ label })) },
    tierB: null,
  }) as unknown as Parameters<typeof exitOfEvidence>[0];

describe('ids on the command line', () => {
  test('may be whole, a unique beginning, or last', () => {
    const items = ['ab12', 'ac34', 'b567'];
    expect(pick(items, 'last')).toBe('ab12');
    expect(pick(items, 'ac34')).toBe('ac34');
    expect(pick(items, 'B')).toBe('b567');
    expect(() => pick(items, 'a')).toThrow('beginning of 2 audit ids');
    expect(() => pick(items, 'x')).toThrow('There is no audit x');
    expect(() => pick(items, '')).toThrow('There is no audit');
    expect(() => pick([], 'last')).toThrow('There is no audit yet');
  });

  test('numbers are whole and within bounds', () => {
    expect(wholeNumber('12', '--port')).toBe(12);
    for (const text of ['', '-1', '1.5', '1e3', ' 1', '12345678901'])
      expect(() => wholeNumber(text, '--port')).toThrow('--port');
    expect(() => wholeNumber('0', '--limit', 1)).toThrow('at least 1');
  });
});

describe('exit codes', () => {
  test('evidence: report-grade before undetermined before nothing', () => {
    expect(exitOfEvidence(labelled('none', 'undetermined', 'report-grade'))).toBe(10);
    expect(exitOfEvidence(labelled('none', 'undetermined'))).toBe(20);
    expect(exitOfEvidence(labelled('none', 'lead', 'futility'))).toBe(0);
    const tierB = { suspects: [{ label: 'undetermined' }] };
    const both = { ...labelled('none'), tierB } as unknown as Parameters<typeof exitOfEvidence>[0];
    expect(exitOfEvidence(both)).toBe(0);
    expect(exitOfEvidence({ ...both, tierA: null })).toBe(20);
  });

  test('audits: state first, then what was found', () => {
    expect(exitOfAudit(status({}, 'complete'), labelled('none'))).toBe(0);
    expect(exitOfAudit(status({}, 'stopped'), labelled('undetermined'))).toBe(20);
    expect(exitOfAudit(status({}, 'budget'), labelled('undetermined'))).toBe(40);
    expect(exitOfAudit(status({}, 'budget'), labelled('report-grade'))).toBe(10);
    expect(exitOfAudit(status({}, 'paused'), labelled('report-grade'))).toBe(130);
    const trouble = { target: 'acme', code: 'AUTH_FAILED' };
    expect(exitOfAudit(status({ trouble }, 'paused'), labelled('none'))).toBe(30);
  });
});

describe('progress', () => {
  test('tells done, planned, rate, time left and exposures', () => {
    expect(progressLine(status())).toBe(
      '12/40 requests  3/10 canaries  4.0/s  7 s left  exposures 3/60',
    );
    expect(duration(59_600)).toBe('1 min 0 s');
    expect(duration(3_700_000)).toBe('1 h 1 min');
  });

  test('rewrites one line on a terminal and leaves a clean one', () => {
    const terminal = fakeIo({ isTerminal: true });
    const progress = createProgress(terminal.io, () => 0);
    progress.show(status());
    progress.show(status());
    progress.show(status({ requestsDone: 13 }));
    progress.end();
    const lines = terminal.stderr().split('\r\u001b[K');
    expect(lines.map((line) => line.slice(0, 5))).toEqual(['', '12/40', '13/40', '']);
    expect(terminal.stdout()).toBe('');
  });

  test('writes a line every few seconds elsewhere', () => {
    const piped = fakeIo({ isTerminal: false });
    let now = 0;
    const progress = createProgress(piped.io, () => now);
    for (const requestsDone of [1, 2, 3, 4]) {
      progress.show(status({ requestsDone }));
      now += 2_000;
    }
    progress.end();
    expect(piped.stderr().match(/^\d+/gm)).toEqual(['1', '4']);
  });
});
