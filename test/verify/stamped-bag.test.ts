import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tagFiles } from '#shared/evidence/bag.ts';
import { fromUtf8 } from '#shared/evidence/bytes.ts';
import { withStamps } from '#shared/evidence/dsse.ts';
import { DATA, STATEMENT, TAG_MANIFEST } from '#shared/evidence/layout.ts';
import { manifestBytes } from '#shared/evidence/manifest.ts';
import { statedStamps } from '#shared/evidence/stated-stamps.ts';
import { verifyBag } from '#shared/evidence/verify.ts';
import { verifyStamps } from '#shared/evidence/verify-time.ts';
import { cosign, NEW_FORMAT } from '../helpers/cosign.ts';
import { makeAuthority } from '../helpers/timestamp-authority.ts';
import { removeTempFolders } from '../helpers/workspace.ts';
import { type StampedBag, stampedBag } from '../tamper/stamped-bag.ts';

let bag: StampedBag;
let folder: string;

beforeAll(async () => {
  bag = await stampedBag({ drawn: 4, n: 8 });
  folder = join(mkdtempSync(join(tmpdir(), 'stamped-')), 'bag');
  write(bag.files);
});
afterAll(() => {
  rmSync(dirname(folder), { recursive: true });
  removeTempFolders();
});

function write(files: ReadonlyMap<string, Uint8Array>): void {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

/** The fenced blocks of VERIFY.md of one kind. */
const blocks = (kind: 'bash' | 'sh'): string[] =>
  [
    ...readFileSync(join(folder, DATA.verify), 'utf8').matchAll(
      new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, 'g'),
    ),
  ].map(([, block = '']) => block);

const bash = (script: string, env: Record<string, string> = {}) =>
  spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, HOME: dirname(folder), ...env },
  });

describe('a stamped bag', () => {
  it('verifies, its stamps under the given root, with its renewal', async () => {
    const report = verifyBag(bag.files, { publicKeyPem: bag.honest.signer.pem });
    expect(report.checks.filter(({ status }) => status === 'failed')).toEqual([]);
    const stamps = await verifyStamps(bag.files, { tsaRootsPem: bag.authority.rootPem });
    const status = Object.fromEntries(stamps.map((check) => [check.name, check.status]));
    expect(status).toEqual({
      'time stamp roots': 'passed',
      'report stamp': 'passed',
      'registration 1 stamp': 'passed',
      'registration 2 stamp': 'passed',
      'plan seal stamp': 'passed',
      'checkpoint stamp': 'passed',
      // The fixture's log names no stamps: its run began without them.
      'stamps named by the log': 'unproven',
      'time order': 'passed',
      'stamp renewals': 'passed',
    });
  });
  it('says on its first page who stamped what and when, and no word more', () => {
    const page = fromUtf8(bag.files.get(DATA.report) ?? new Uint8Array());
    const [first = ''] = page.split('</section>');
    const [stamp] = statedStamps(bag.honest.document.plan.sealSigstore);
    expect(stamp?.by).toBe('Example TSA');
    expect(first).toContain('<dt>Plan stamped</dt>');
    expect(first.match(/by Example TSA/g)).toHaveLength(4);
    expect(first).toContain('Time stamps of 1 authority (RFC 3161)');
    expect(first).not.toContain('UNSTAMPED');
  });
  it('runs VERIFY.md as written: every stamp under the root, and none under another', () => {
    const script = blocks('bash').join('\n');
    const result = bash(script);
    expect(result.stderr).toBe('');
    expect(result.status).toBe(0);
    expect(result.stdout.match(/^Verification: OK$/gm)).toHaveLength(5);
    expect(result.stdout).not.toContain('UNSTAMPED');
    writeFileSync(join(folder, '../other.pem'), makeAuthority('ec').rootPem);
    const other = bash(script, { TSA_ROOT: '../other.pem' });
    expect(other.status).not.toBe(0);
    expect(other.stdout).not.toContain('Verification: OK');
  });
});

describe.skipIf(cosign === undefined)('cosign and a stamped bag', () => {
  /** As VERIFY.md says, with the option that only version 2 has. */
  const script = () => {
    const written = blocks('sh').find((block) => block.includes('trusted-root create')) ?? '';
    const asVersion2 = written
      .replace(
        '--tsa="url=https://tsa.example,certificate-chain=../chain.pem"',
        '--timestamp-certificate-chain=../chain.pem',
      )
      .replace('verify-blob-attestation', `verify-blob-attestation ${NEW_FORMAT.join(' ')}`);
    return (NEW_FORMAT.length > 0 ? asVersion2 : written).replaceAll('cosign ', `${cosign} `);
  };
  const root = () => {
    writeFileSync(join(folder, '../root.pem'), bag.authority.rootPem);
    return { TSA_ROOT: '../root.pem' };
  };

  it('verifies signature and stamp with the commands of VERIFY.md', () => {
    expect(script()).toContain('--use-signed-timestamps --trusted-root');
    const result = bash(script(), root());
    expect(result.stderr).toContain('Verified OK');
    expect(result.status).toBe(0);
  });
  it('refuses another authority, a missing stamp and, from version 3 on, another type', () => {
    const command = script()
      .split('\n')
      .filter((line) => !line.startsWith('grep -o') && !line.startsWith('openssl'))
      .join('\n');
    writeFileSync(join(folder, '../other.pem'), makeAuthority('ec').rootPem);
    writeFileSync(join(folder, '../chain.pem'), '');
    expect(bash(command, { TSA_ROOT: '../other.pem' }).status).not.toBe(0);
    // Version 2 looks at no type in a bundle of the new format; VERIFY.md says so and looks itself.
    if (NEW_FORMAT.length === 0)
      expect(bash(script().replace('comparison-report', 'other'), root()).stderr).toContain(
        'invalid predicate type',
      );
    const verify = script().slice(script().indexOf(`${cosign} verify`));
    const bare = new Map(bag.files);
    bare.set(STATEMENT, withStamps(bare.get(STATEMENT) ?? new Uint8Array(), []));
    bare.set(TAG_MANIFEST, manifestBytes(tagFiles(bare)));
    write(bare);
    const result = bash(verify, root());
    write(bag.files);
    expect(result.status).not.toBe(0);
    expect(result.stderr).toMatch(/timestamp/i);
  });
});
