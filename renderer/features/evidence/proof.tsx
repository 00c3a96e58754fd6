import type { Output } from '#shared/contract/index.ts';
import { formatUtc } from '#shared/util/format.ts';
import { formatBytes, formatDuration } from '../../ui/format.ts';
import { Facts } from '../../ui/page.tsx';
import { Block, HoldButton, useHold } from '../../ui/secret.tsx';
import { Bytes, Hash, Visible } from '../../ui/text.tsx';

type Attempt = Output<'evidence.sample'>['attempts'][number];
type Side = NonNullable<Attempt['response']>;

const asText = (side: Side, first: string): string =>
  [first, ...side.headers.map(([name, value]) => `${name}: ${value}`), '', side.text].join('\n');

function SideView({
  title,
  side,
  first,
  secret,
}: {
  title: string;
  side: Side;
  first: string;
  secret: boolean;
}) {
  const hold = useHold();
  return (
    <div>
      <div className="mb-1 flex items-center gap-3">
        <h3 className="font-medium">
          {title} <span className="font-normal text-ink-3">{formatBytes(side.bytes)}</span>
        </h3>
        {secret && <HoldButton hold={hold} label="Hold to show" />}
      </div>
      <div className="mb-1 text-ink-3">
        SHA-256 <Hash value={side.sha256} label={`SHA-256 of the ${title.toLowerCase()}`} />
      </div>
      {!secret || hold.held ? (
        <Bytes text={asText(side, first)} label={`${title} as text`} />
      ) : (
        <Block lines={5} />
      )}
    </div>
  );
}

/** Times, raw request and response as text, and hashes of one attempt. The request holds the question. */
export function Proof({ attempt, open }: { attempt: Attempt; open: boolean }) {
  const tookMs =
    attempt.endedUtc === null
      ? null
      : Date.parse(attempt.endedUtc) - Date.parse(attempt.startedUtc);
  return (
    <details
      open={open}
      className="border-t border-line py-3 first-of-type:border-t-0 first-of-type:pt-0"
    >
      <summary className="mb-2 font-medium">
        Sample {attempt.k}, attempt {attempt.number}
        <span className="font-normal text-ink-3">, {attempt.outcome ?? 'in flight'}</span>
      </summary>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <Facts
          rows={[
            [
              'Attempt',
              <code key="a" className="font-mono text-12 break-all">
                {attempt.attemptId}
              </code>,
            ],
            ['Started', formatUtc(attempt.startedUtc)],
            ['Took', tookMs === null || Number.isNaN(tookMs) ? '–' : formatDuration(tookMs)],
            ['Status', attempt.status ?? '–'],
            ...(attempt.errorCode ? ([['Error', attempt.errorCode]] as const) : []),
            ['Model said', <Visible key="m" text={attempt.model ?? '–'} />],
            ['Finish', <Visible key="f" text={attempt.finishReason ?? '–'} />],
          ]}
        />
        <SideView title="Request" side={attempt.request} first={`POST ${attempt.url}`} secret />
        {attempt.response ? (
          <SideView
            title="Response"
            side={attempt.response}
            first={attempt.status === null ? '' : `Status ${attempt.status}`}
            secret={false}
          />
        ) : (
          <p className="text-ink-3">No response was received.</p>
        )}
      </div>
    </details>
  );
}
