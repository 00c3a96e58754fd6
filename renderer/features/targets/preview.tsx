import type { Output } from '#shared/contract/index.ts';
import type { Failed } from '../../client/client.ts';
import { Bytes } from '../../ui/text.tsx';

interface Props {
  readonly preview: Output<'target.preview'> | undefined;
  readonly error: Failed | null;
}

type PreviewData = Output<'target.preview'>;

const asText = (p: PreviewData): string =>
  [
    `${p.method} ${p.url}`,
    ...p.headers.map(([name, value]) => `${name}: ${value}`),
    '',
    p.body,
  ].join('\n');

/** A name of other letters can look like one that is known; this is how it is looked up. */
const isPuny = ({ host }: PreviewData): boolean => /(?:^|\.)xn--/.test(host);

/** The exact bytes that a question would make; the key stands as a reference. */
export function Preview({ preview, error }: Props) {
  return (
    <section aria-label="Request preview">
      <div className="mb-2 flex items-baseline justify-between gap-3">
        <h3 className="text-12 font-medium text-ink-3">Request, byte for byte</h3>
        {preview && (
          <span className="text-12 text-ink-3 tabular-nums">body of {preview.bytes} bytes</span>
        )}
      </div>
      {preview ? (
        <>
          <p className="mb-2 text-12 text-ink-2">Gets there {preview.way}.</p>
          {isPuny(preview) && (
            <p className="mb-2 text-12 text-refused">
              The host has letters of other alphabets; it is looked up as {preview.host}.
            </p>
          )}
          <Bytes text={asText(preview)} label="Exact request" />
        </>
      ) : (
        <p className="text-ink-3">
          {error ? error.message : 'Appears when name, address and model are complete.'}
        </p>
      )}
    </section>
  );
}
