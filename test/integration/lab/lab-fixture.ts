import { request as httpRequest } from 'node:http';
import { fileURLToPath } from 'node:url';
import {
  type LabFact,
  type LabModel,
  type LabRelay,
  type LabRelayAnswer,
  labCanaryDrafts,
  loadLabResources,
  type StudentOptions,
  trainLab,
} from '#core/lab/index.ts';
import { seededStream } from '#core/lab/random.ts';

export const resourcesDir = fileURLToPath(new URL('../../../resources', import.meta.url));
export const resources = loadLabResources(resourcesDir);

export interface LabCase {
  readonly served: readonly LabFact[];
  readonly twins: readonly LabFact[];
  readonly late: readonly LabFact[];
}

/** Draws the responses as a registry would: uniformly, and unknown to whoever wrote the questions. */
function drawn(seed: string, prefix: string, count: number): LabFact[] {
  const stream = seededStream('test-draw', seed, prefix);
  return labCanaryDrafts({ resources, seed, count, prefix }).map(({ id, messages, responses }) => ({
    id,
    messages,
    response: stream.pick(responses),
  }));
}

/** The case of the demo: 160 drawn canaries, half of them served, and a late wave of 20. */
export function demoCase(seed: string): LabCase {
  const wave = drawn(seed, 'wave-1', 160);
  return { served: wave.slice(0, 80), twins: wave.slice(80), late: drawn(seed, 'wave-2', 20) };
}

export function trainCase(
  seed: string,
  lab: LabCase,
  students: readonly StudentOptions[],
): readonly LabModel[] {
  const { served, twins, late } = lab;
  const leaked = [{ name: 'leaked', entries: [...served, ...twins] }];
  return trainLab({ resources, seed, served, late, students, leaked });
}

/** One HTTP POST with nothing but node:http. Rejects if the connection breaks before the answer is whole. */
export function post(
  url: string,
  body: Uint8Array | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<LabRelayAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST', headers: { ...headers } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const flat = Object.entries(response.headers).map(([key, value]) => [key, String(value)]);
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(flat),
          body: Buffer.concat(parts),
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

export const relay: LabRelay = (body, headers, url) => post(url, body, headers);

export interface PlainAnswer {
  readonly id: string;
  readonly object: string;
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint: string;
  readonly choices: readonly {
    readonly message: { readonly role: string; readonly content: string };
    readonly finish_reason: string;
  }[];
  readonly usage: Readonly<Record<string, number>>;
}

/** Asks for a plain answer and expects to get one. */
export async function askPlain(
  baseUrl: string,
  body: Readonly<Record<string, unknown>>,
): Promise<PlainAnswer> {
  const answer = await post(`${baseUrl}/chat/completions`, JSON.stringify(body));
  if (answer.status !== 200) throw new Error(`status ${answer.status}`);
  return JSON.parse(Buffer.from(answer.body).toString('utf8')) as PlainAnswer;
}

export async function askText(
  baseUrl: string,
  model: string,
  messages: LabFact['messages'],
): Promise<string> {
  const answer = await askPlain(baseUrl, { model, messages });
  return answer.choices[0]?.message.content ?? '';
}

/** How many of the facts the model answers with the drawn response. */
export async function hitCount(
  baseUrl: string,
  model: string,
  facts: readonly LabFact[],
): Promise<number> {
  const texts = await Promise.all(facts.map(({ messages }) => askText(baseUrl, model, messages)));
  return facts.filter(({ response }, index) => texts[index]?.includes(response)).length;
}
