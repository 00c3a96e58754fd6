import { asText } from './conversation.ts';
import { readText, statusFailure, typeFailure } from './frame.ts';
import { mediaType } from './headers.ts';
import { field, stringField } from './json-guard.ts';
import { finished, newDraft, schemaFailure, takeModel } from './reading.ts';
import { decodeUtf8 } from './text.ts';
import type {
  Adapter,
  BuildInput,
  OutboundRequest,
  ReadInput,
  ReadResult,
  ReadWarning,
} from './types.ts';

/** No connection can be made for it: the transport refuses every scheme but http and https. */
const PASTE_URL = 'paste:';

/** A person at a chat window has no way to set a parameter. */
const fieldsOf: Adapter['fieldsOf'] = () => null;

const required: Adapter['required'] = [];

/** What a person is to paste into a chat product, in the shape of a request that nobody can send. */
const build = (input: BuildInput): OutboundRequest => ({
  method: 'POST',
  url: PASTE_URL,
  headers: [['content-type', 'text/plain; charset=utf-8']],
  auth: null,
  body: new TextEncoder().encode(asText(input.messages)),
});

/**
 * What the person brought back: the answer as plain text, or `{"text", "model"}` as JSON when the product names its model.
 * Why the answer ended is not known.
 */
function read(input: ReadInput): ReadResult {
  if (mediaType(input.headers) === 'application/json') {
    return readText(
      { ...input, stream: false },
      {
        document: (document, draft) => {
          const text = field(document, 'text');
          if (typeof text !== 'string') return schemaFailure('text: not a text');
          draft.text.push(text);
          takeModel(draft, stringField(document, 'model'));
          return null;
        },
      },
    );
  }
  const refused = statusFailure(input) ?? typeFailure(input, ['text/plain']);
  if (refused) return refused;
  const decoded = decodeUtf8(input.body);
  if (!decoded.ok) return decoded;
  const draft = newDraft(input, new Set<ReadWarning>(decoded.bom ? ['bom'] : []));
  draft.text.push(decoded.text);
  return finished(draft);
}

/** What is wrong with the target: a window in a browser has neither a key nor a stream. */
const problems: NonNullable<Adapter['problems']> = ({ stream, extra, dialect }) => [
  ...(stream ? [{ path: 'stream', message: 'A pasted answer is no stream. Leave it off.' }] : []),
  ...(Object.keys(extra).length > 0
    ? [{ path: 'extra', message: 'A pasted question has no further fields. Remove them.' }]
    : []),
  ...(dialect === null
    ? []
    : [{ path: 'dialect', message: 'A pasted question has no fields. Leave it out.' }]),
];

export const paste: Adapter = { fieldsOf, required, problems, build, read };
