// Builds the offline verification page: one HTML file without any reference outwards, for bags and for hand-over.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

async function script(root: string, source: string): Promise<string> {
  const result = await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      write: false,
      minify: true,
      target: 'es2024',
      lib: { entry: join(source, 'page.ts'), formats: ['iife'], name: 'verifyPage' },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const [chunk, ...more] = outputs.flatMap((one) => ('output' in one ? one.output : []));
  if (chunk?.type !== 'chunk' || more.length > 0) throw new Error('the page is not one script');
  return chunk.code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
}

/** Writes out/evidence/verify.html below `root`. The same sources give the same bytes. */
export async function buildVerifyPage(root: string): Promise<void> {
  const source = join(root, 'renderer/features/reports/verify-page');
  const code = await script(root, source);
  const style = readFileSync(join(source, 'page.css'), 'utf8');
  const body = readFileSync(join(source, 'page.html'), 'utf8');
  const policy = `default-src 'none'; script-src ${hash(code)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`;
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer"><title>Verify a bundle</title><style>${style}</style></head>
<body>
${body}<script>${code}</script></body></html>
`;
  mkdirSync(join(root, 'out/evidence'), { recursive: true });
  writeFileSync(join(root, 'out/evidence/verify.html'), page);
}
