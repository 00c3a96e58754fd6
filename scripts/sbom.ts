// Writes the list of components of this build (CycloneDX), without where they were downloaded from.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DROPPED = new Set(['externalReferences', 'serialNumber', 'timestamp']);

/** Drops download addresses, and what differs from run to run. */
function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleaned);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !DROPPED.has(name))
      .map(([name, inner]) => [name, cleaned(inner)]),
  );
}

/** Writes out/evidence/sbom.cdx.json below `root`; says so where npm cannot tell the components. */
export function buildSbom(root: string): void {
  const { npm_execpath: npm } = process.env;
  const list = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'];
  const [command, args] = npm === undefined ? ['npm', list] : [process.execPath, [npm, ...list]];
  const made = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (made.status !== 0) {
    process.stderr.write('No list of components: npm sbom failed. Bundles will be without one.\n');
    return;
  }
  mkdirSync(join(root, 'out/evidence'), { recursive: true });
  const text = JSON.stringify(cleaned(JSON.parse(made.stdout)), null, 1);
  writeFileSync(join(root, 'out/evidence/sbom.cdx.json'), `${text}\n`);
}
