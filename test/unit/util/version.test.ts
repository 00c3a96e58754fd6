import { expect, test } from 'vitest';
import { VERSION } from '#shared/util/version.ts';
import about from '../../../package.json' with { type: 'json' };

test('the code and the package have one version', () => {
  expect(VERSION).toBe(about.version);
});
