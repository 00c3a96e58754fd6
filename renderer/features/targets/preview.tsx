import type { Output } from '#shared/contract/index.ts';
import type { Failed } from '../../client/client.ts';
import { Bytes } from '../../ui/text.tsx';

interface Props {
  readonly preview: Output<'target.preview'> | undefined;
  readonly error: Failed | null;
}

const asText = (p: Output<'target.preview'>): string =>
  [
    `${p.method} ${p.url}`,
    ...p.headers.map(([name, value]) => `${name}: ${value}`),
    '',
    p.body,
  ].join('\n');

/** The exact bytes that a question would make; the key stands as a reference. */
export function Preview({ preview, error }: Props) {
  return (
    <section aria-label="Request preview">
      <h3 className="mb-2 text-12 font-medium text-ink-3">Request, byte for byte</h3>
      {preview ? (
        <Bytes text={asText(preview)} label="Exact request" />
      ) : (
        <p className="text-ink-3">
          {error && error.code !== 'BAD_INPUT'
            ? error.message
            : 'Appears when name, address and model are complete.'}
        </p>
      )}
    </section>
  );
}
