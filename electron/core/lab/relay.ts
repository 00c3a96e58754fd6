/**
 * Sends one request on over real HTTP. Only core/endpoints may open an outbound connection, so whoever starts the lab
 * hands the transport in. `url` is the chat completions address of the lab itself, on loopback.
 */
export type LabRelay = (
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  url: string,
) => Promise<LabRelayAnswer>;

export interface LabRelayAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const encoder = new TextEncoder();

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function renamed(json: string, model: string): string {
  try {
    const value: unknown = JSON.parse(json);
    if (isObject(value) && 'model' in value) return JSON.stringify({ ...value, model });
  } catch {
    return json;
  }
  return json;
}

/** The request as the relay sends it on: the same body for another model. */
export function relayedRequest(body: Uint8Array, toModel: string): Uint8Array {
  return encoder.encode(renamed(new TextDecoder().decode(body), toModel));
}

/** The answer under the relay's own model name, plain or as server-sent events. All else is passed through. */
export function relayedAnswer(body: Uint8Array, contentType: string, asModel: string): string {
  const text = new TextDecoder().decode(body);
  if (!contentType.startsWith('text/event-stream')) return renamed(text, asModel);
  return text
    .split('\n')
    .map((line) => (line.startsWith('data: {') ? `data: ${renamed(line.slice(6), asModel)}` : line))
    .join('\n');
}
