import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const WORDS_A =
  'amber bold calm dusty eager faint gilded hollow icy jolly keen lively mellow noble olive pale quiet rustic silver timid'.split(
    ' ',
  );
const WORDS_B =
  'otter heron badger finch marten lynx osprey plover raven stoat wren vole beaver curlew dunlin egret'.split(
    ' ',
  );

/** Drawn canaries written by hand: 320 candidates each. */
export function canaryLines(count: number, prefix = 'H'): string {
  return Array.from({ length: count }, (_, at) =>
    JSON.stringify({
      id: `${prefix}-${String(at + 1).padStart(3, '0')}`,
      prompt: `What is painted on the sign of house number ${at + 1} in ${prefix} Lane?`,
      responses: { slots: [WORDS_A, WORDS_B] },
      tags: ['by-hand'],
    }),
  )
    .map((line) => `${line}\n`)
    .join('');
}

export interface TargetLine {
  readonly name: string;
  readonly role: string;
  readonly key?: string;
}

export const targetsYaml = (baseUrl: string, targets: readonly TargetLine[]): string =>
  `targets:\n${targets
    .map(
      ({ name, role, key }) =>
        `  - name: ${name}\n    role: ${role}\n    baseUrl: ${baseUrl}\n    model: ${name}\n    allowPrivate: true\n    allowHttp: true\n${key === undefined ? '' : `    key: ${key}\n`}`,
    )
    .join('')}`;

export const planYaml = (
  targets: readonly TargetLine[],
  rest: { readonly registry: number; readonly lines?: string; readonly name?: string },
): string => `trapstreet: plan/1
name: ${rest.name ?? 'By hand'}
panel:
${targets.map(({ name, role }) => `  - { target: ${name}, role: ${role} }`).join('\n')}
canaries:
  registries:
    - { number: ${rest.registry} }
${rest.lines ?? ''}`;

export const writer =
  (folder: string) =>
  (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return name;
  };

/** Prompt to drawn response, from a planting kit. */
export function readKit(file: string): Map<string, string> {
  return new Map(
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => {
        const entry = JSON.parse(line) as {
          readonly messages: readonly { readonly content: string }[];
          readonly response: string;
        };
        return [entry.messages.at(-1)?.content ?? '', entry.response] as const;
      }),
  );
}
