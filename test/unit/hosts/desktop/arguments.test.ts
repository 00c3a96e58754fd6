import { describe, expect, test } from 'vitest';
import { methodNames } from '#shared/contract/index.ts';
import {
  INPUT_LIMIT_CHARACTERS,
  readRpcArguments,
} from '../../../../electron/hosts/desktop/rpc-arguments.ts';
import { PARTITION, windowOptions } from '../../../../electron/hosts/desktop/window-options.ts';
import {
  chooseWorkspace,
  withWorkspace,
} from '../../../../electron/hosts/desktop/workspace-choice.ts';

describe('the arguments of the channel', () => {
  test('pass for every method of the contract', () => {
    for (const name of methodNames)
      expect(readRpcArguments([name, '{}'])).toEqual({ name, input: '{}' });
  });
  test.each([
    ['nothing', []],
    ['no input', ['case.list']],
    ['one argument more', ['case.list', '{}', 1]],
    ['an object as input', ['case.list', {}]],
    ['a number as name', [1, '{}']],
    ['a String object', [Object('case.list'), '{}']],
    ['a list as name', [['case.list'], '{}']],
    ['another channel', ['__proto__', '{}']],
    ['a line break', ['case.list\n', '{}']],
    ['a long name', [`${'a'.repeat(64)}.b`, '{}']],
    ['a huge input', ['case.list', ' '.repeat(INPUT_LIMIT_CHARACTERS + 1)]],
  ])('are refused with %s', (_what, args) => expect(readRpcArguments(args)).toBeNull());
});

describe('the workspace', () => {
  test.each([
    [['.'], '/default'],
    [['--workspace', '/cases/a'], '/cases/a'],
    [['--workspace=/cases/a'], '/cases/a'],
    [['--workspace=/cases/a', '--workspace=/cases/b'], '/cases/b'],
    [['--workspace=/cases/../b'], '/b'],
    [['--workspace='], '/default'],
    [['--workspace'], '/default'],
    [['--workspace', '--verbose'], '/default'],
    [['--workspaces=/cases/a'], '/default'],
  ])('of %j is %s', (argv, folder) => expect(chooseWorkspace(argv, '/default')).toBe(folder));

  test('of a new start replaces the old one', () => {
    const argv = ['.', '--workspace', '/a', '--x', '--workspace=/b'];
    expect(withWorkspace(argv, '/c')).toEqual(['.', '--x', '--workspace=/c']);
  });
});

test('a window has every lock closed, and keeps nothing on the disk', () => {
  const preferences = windowOptions({ preload: '/p.cjs', devTools: false }).webPreferences;
  expect(preferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    devTools: false,
    preload: '/p.cjs',
  });
  expect(preferences).not.toHaveProperty('enableBlinkFeatures');
  expect(PARTITION).not.toMatch(/^persist:/);
});
