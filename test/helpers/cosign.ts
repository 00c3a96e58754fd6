import { spawnSync } from 'node:child_process';

/** Sigstore's own tool where it is to be had; undefined otherwise, and said aloud. */
export const cosign = [process.env.COSIGN, 'cosign'].find(
  (name) => name !== undefined && spawnSync(name, ['version']).status === 0,
);
if (cosign === undefined)
  process.stdout.write(
    'SKIPPED: cosign is not here (set COSIGN to its path); @sigstore/verify alone checked the bundles.\n',
  );

const help = spawnSync(cosign ?? 'cosign', ['verify-blob-attestation', '--help'], {
  encoding: 'utf8',
});

/** Version 2 needs an option that version 3 does not have. */
export const NEW_FORMAT: readonly string[] = /--new-bundle-format/.test(
  `${help.stdout}${help.stderr}`,
)
  ? ['--new-bundle-format']
  : [];
