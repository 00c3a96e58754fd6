import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ignoredBy, vendorFacts } from '#core/services/target/preset.ts';
import { presetsIn } from '#core/services/target/presets.ts';
import {
  coreOn,
  failureOf,
  type OpenCore,
  ROOT,
  removeTempFolders,
  tempFolder,
} from '../../helpers/workspace.ts';

const RESOURCES = join(ROOT, 'resources');
let core: OpenCore;
beforeAll(() => {
  core = coreOn(join(tempFolder(), 'workspace'));
});
afterAll(async () => {
  await core.close();
  removeTempFolders();
});

describe('presets of the core', () => {
  it('are listed without a workspace', async () => {
    const { presets } = await core.client.call('preset.list', {});
    expect(presets).toHaveLength(23);
    expect(presets.find(({ name }) => name === 'deepseek')?.notes).toContainEqual(
      expect.objectContaining({ parameter: 'temperature', effect: 'ignored' }),
    );
  });

  it('make a target that stands for itself', async () => {
    const { target } = await core.client.call('preset.apply', {
      preset: 'azure',
      name: 'azure-4',
      model: 'my-deployment',
      key: 'azure',
      values: { resource: 'contoso' },
    });
    expect(target).toMatchObject({
      preset: 'azure',
      baseUrl: 'https://contoso.openai.azure.com/openai/v1',
      auth: { kind: 'header', header: 'api-key', prefix: '' },
      dialect: { renames: { max_tokens: 'max_completion_tokens' } },
      allowPrivate: false,
      allowHttp: false,
    });
  });

  it('give a consent only when asked, and only for a server on this machine', async () => {
    const consents = async (preset: string, consent: boolean, key: string | null) => {
      const input = { preset, name: 'a', model: 'b', key, consent };
      const { target } = await core.client.call('preset.apply', input);
      return target.allowPrivate && target.allowHttp;
    };
    expect(await consents('vllm', false, null)).toBe(false);
    expect(await consents('vllm', true, null)).toBe(true);
    expect(await consents('openai', true, 'k')).toBe(false);
  });

  it('say what is missing', async () => {
    const apply = (preset: string) =>
      failureOf(core, 'preset.apply', { preset, name: 'a', model: 'b' });
    expect(await apply('nobody')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await apply('azure')).toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('contoso-lab'),
    });
  });

  it('tell the parameter table what a vendor is known to do', () => {
    expect(ignoredBy(RESOURCES, 'groq').get('temperature')).toMatchObject({
      note: expect.stringContaining('1e-8'),
      source: 'https://console.groq.com/docs/openai',
    });
    expect(ignoredBy(RESOURCES, 'unknown').size).toBe(0);
  });

  it('name a vendor at its own host only: a preset alone says nothing about who answers', () => {
    const vendor = (preset: string | null, baseUrl: string) =>
      vendorFacts(RESOURCES, { preset, baseUrl }).vendor;
    expect(vendor('groq', 'https://api.groq.com/openai/v1')).toBe('Groq');
    expect(vendor('azure', 'https://contoso.openai.azure.com/openai/v1')).toBe('Microsoft Azure');
    expect(vendor('groq', 'https://api.groq.com.evil.example/openai/v1')).toBeNull();
    expect(vendor('groq', 'https://api.groq.com:8443/openai/v1')).toBeNull();
    expect(vendor('groq', 'http://api.groq.com/openai/v1')).toBeNull();
    expect(vendor('groq', 'http://127.0.0.1:8000/v1')).toBeNull();
    expect(vendor('vllm', 'http://127.0.0.1:8000/v1')).toBeNull();
    expect(vendor(null, 'https://api.groq.com/openai/v1')).toBeNull();
    expect(
      vendorFacts(RESOURCES, { preset: 'groq', baseUrl: 'http://x.example' }).ignored.size,
    ).toBe(ignoredBy(RESOURCES, 'groq').size);
  });

  it('are refused when a file is not one', () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'presets'));
    writeFileSync(join(folder, 'presets', 'x.json'), '{"name":"x"}');
    expect(() => presetsIn(folder)).toThrow();
  });
});
