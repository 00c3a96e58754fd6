import { mediaType } from './headers.ts';
import { field, isObject, parseGuarded } from './json-guard.ts';
import { BEARER, urlOf, withHeaders } from './outbound.ts';
import { providerError } from './provider-error.ts';
import { decodeUtf8 } from './text.ts';
import type { HeaderPair, OutboundRequest, ReadFailure, WireTarget } from './types.ts';

/** Inputs of one request: providers take up to 2,048, and small requests fail small. */
export const EMBEDDING_BATCH = 256;
/** No published model has more dimensions; a longer list is not a vector. */
const MOST_DIMENSIONS = 16_384;

export type EmbeddingsReading =
  | { readonly ok: true; readonly vectors: readonly (readonly number[])[] }
  | ReadFailure;

const schema = (detail: string): ReadFailure => ({ ok: false, code: 'SCHEMA', detail });

/**
 * The exact request of the OpenAI embeddings format, POST {baseUrl}/embeddings. The target is one of the format
 * `openai-chat`, whose servers offer both; its model is the embedding model. `texts`: at most EMBEDDING_BATCH.
 */
export function buildEmbeddings(
  target: WireTarget,
  { texts, keyName }: { readonly texts: readonly string[]; readonly keyName: string | null },
): OutboundRequest {
  if (target.format !== 'openai-chat' || texts.length === 0 || texts.length > EMBEDDING_BATCH)
    throw new RangeError('embeddings need an openai-chat target and 1 to 256 texts');
  const own: HeaderPair[] = [
    ['content-type', 'application/json'],
    ['accept', 'application/json'],
    ['accept-encoding', 'gzip'],
  ];
  const body = {
    ...target.extra,
    model: target.model,
    input: texts,
    encoding_format: 'float',
  };
  return {
    method: 'POST',
    url: urlOf(target.baseUrl, '/embeddings'),
    headers: withHeaders(own, target.headers),
    auth: keyName === null ? null : { ...(target.auth ?? BEARER), keyName },
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}

/** Reads `count` vectors of one length, in the order of the texts. Total, like every reader of a wire format. */
export function readEmbeddings(
  input: { readonly headers: readonly HeaderPair[]; readonly body: Uint8Array },
  count: number,
): EmbeddingsReading {
  if (mediaType(input.headers) !== 'application/json')
    return { ok: false, code: 'CONTENT_TYPE', detail: 'not the type asked for' };
  const text = decodeUtf8(input.body);
  if (!text.ok) return text;
  const parsed = parseGuarded(text.text);
  if (!parsed.ok) return parsed;
  if (!isObject(parsed.value)) return schema('the document is not an object');
  const error = providerError(parsed.value);
  if (error) return error;
  const data = field(parsed.value, 'data');
  if (!Array.isArray(data) || data.length !== count) return schema('data: not one entry a text');
  const vectors = new Array<readonly number[] | undefined>(count);
  for (const [place, entry] of data.entries()) {
    const index = field(entry, 'index') ?? place;
    const vector = field(entry, 'embedding');
    if (typeof index !== 'number' || !(index in data) || vectors[index] !== undefined)
      return schema('index: not every text once');
    if (!isVector(vector)) return schema('embedding: not a list of numbers');
    vectors[index] = vector;
  }
  const [first] = vectors;
  const whole = vectors.filter((vector) => vector?.length === first?.length);
  return whole.length === count
    ? { ok: true, vectors: whole as readonly (readonly number[])[] }
    : schema('embedding: vectors of different lengths');
}

const isVector = (value: unknown): value is readonly number[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= MOST_DIMENSIONS &&
  value.every((entry) => typeof entry === 'number' && Number.isFinite(entry));
