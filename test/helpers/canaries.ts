import type { Client } from '#shared/contract/index.ts';

const CONSONANTS = [...'bdfgklmnprstvz'];
const VOWELS = [...'aeiou'];

/** Made-up words of two syllables, all different: 14 * 5 * 14 * 5 of them. */
function word(index: number): string {
  const pick = (list: readonly string[], at: number): string => list[at % list.length] ?? '';
  const a = pick(CONSONANTS, index);
  const b = pick(VOWELS, Math.floor(index / 14));
  const c = pick(CONSONANTS, Math.floor(index / 70));
  const d = pick(VOWELS, Math.floor(index / 980));
  return `${a}${b}${c}${d}x`;
}

export interface DrawnLine {
  readonly id: string;
  readonly prompt: string;
  readonly responses: readonly string[];
}

/** Drawn canaries: each with its own question and its own list of `n` two-word responses. */
export function drawnCanaries(prefix: string, count: number, n = 1024): DrawnLine[] {
  const side = Math.ceil(Math.sqrt(n));
  const responses = Array.from(
    { length: n },
    (_, at) => `${word(at % side)} ${word(1000 + Math.floor(at / side))}`,
  );
  return Array.from({ length: count }, (_, at) => ({
    id: `${prefix}-${String(at + 1).padStart(3, '0')}`,
    prompt: `Which two names stand on the gate of house ${at + 1} in ${prefix} street?`,
    responses,
  }));
}

export interface FoundLine {
  readonly id: string;
  readonly kind: 'found';
  readonly prompt: string;
  readonly expected: readonly string[];
}

/** Found canaries: a question with one known distinctive answer. */
export function foundCanaries(prefix: string, count: number): FoundLine[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `${prefix}-${String(at + 1).padStart(3, '0')}`,
    kind: 'found' as const,
    prompt: `How does our model greet visitor ${at + 1} of ${prefix} hall?`,
    expected: [`${word(2000 + at)} and ${word(3000 + at)} forever`],
  }));
}

export const jsonl = (lines: readonly object[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');

/** Imports, commits and draws; returns the registry's number. */
export async function addRegistry(
  client: Client,
  lines: readonly object[],
  options: { heldOut?: number; beacon?: string | null; plantedFrom?: string } = {},
): Promise<number> {
  const { ids } = await client.call('canary.import', { format: 'jsonl', text: jsonl(lines) });
  const { number } = await client.call('registry.commit', {
    ids,
    heldOut: options.heldOut ?? 0.2,
  });
  await client.call('registry.draw', { number, beacon: options.beacon ?? null });
  if (options.plantedFrom !== undefined)
    await client.call('registry.kit', { number, plantedFrom: options.plantedFrom });
  return number;
}

/** Prompt to drawn response of every served canary, as the planting kit tells them. */
export async function servedAnswers(client: Client, number: number): Promise<Map<string, string>> {
  const { text } = await client.call('registry.kit', { number });
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const row = JSON.parse(line) as {
          messages: { content: string }[];
          response: string;
        };
        return [row.messages.at(-1)?.content ?? '', row.response] as const;
      }),
  );
}

/** Prompt to drawn response of every drawn canary of a registry, twins too: what only an insider can know. */
export async function allAnswers(client: Client, number: number): Promise<Map<string, string>> {
  const { items } = await client.call('canary.list', { registry: number, limit: 1000 });
  const pairs = await Promise.all(
    items
      .filter((item) => item.kind === 'drawn')
      .map(async ({ id }) => {
        const { messages, drawn } = await client.call('canary.reveal', { id });
        return [messages.at(-1)?.content ?? '', drawn ?? ''] as const;
      }),
  );
  return new Map(pairs);
}
