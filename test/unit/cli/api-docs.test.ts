import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

test('docs/api.md is what the contract says', async () => {
  const script = resolve(import.meta.dirname, '../../../scripts/api-docs.ts');
  const stderr = await new Promise<string>((done) => {
    execFile(process.execPath, [script, '--check'], (_error, _stdout, text) => done(text));
  });
  expect(stderr).toBe('');
});
