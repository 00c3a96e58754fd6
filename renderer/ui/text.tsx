import { Check as CheckIcon, Copy } from 'lucide-react';
import { Fragment, useState } from 'react';
import { visible } from '#shared/util/visible.ts';
import { ICON } from './button.tsx';

/** Foreign text as text: hidden and reordering characters are named, nothing is interpreted. */
export function Visible({ text }: { text: string }) {
  const parts = visible(text).split(/(⟦U\+[0-9A-F]{4,6}⟧)/);
  return (
    <bdi>
      {parts.map((part, index) =>
        index % 2 === 1 ? (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no identity but their place
            key={index}
            className="rounded-sm bg-refused-soft font-mono text-refused"
          >
            {part}
          </span>
        ) : (
          <Fragment
            // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no identity but their place
            key={index}
          >
            {part}
          </Fragment>
        ),
      )}
    </bdi>
  );
}

/** Bytes as text in the monospace face. */
export function Bytes({ text, label }: { text: string; label: string }) {
  return (
    <section
      tabIndex={0}
      aria-label={label}
      className="max-h-80 overflow-auto rounded-md border border-line bg-ground p-3"
    >
      <pre className="font-mono text-12 leading-4.5 break-words whitespace-pre-wrap">
        <Visible text={text} />
      </pre>
    </section>
  );
}

/** A hash that can be copied whole; the middle is left out when `short`. */
export function Hash({
  value,
  short = false,
  label,
}: {
  value: string;
  short?: boolean;
  label: string;
}) {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    void navigator.clipboard.writeText(value).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 1_500);
    });
  };
  return (
    <span className="inline-flex max-w-full items-start gap-1">
      <code
        title={value}
        className={`font-mono text-12 leading-5 ${short ? 'whitespace-nowrap' : 'break-all'}`}
      >
        {short && value.length > 20 ? `${value.slice(0, 10)}…${value.slice(-6)}` : value}
      </code>
      <button
        type="button"
        onClick={copy}
        aria-label={copied ? `${label} copied` : `Copy ${label}`}
        className="rounded-sm p-0.5 text-ink-3 hover:text-ink"
      >
        {copied ? <CheckIcon {...ICON} size={14} /> : <Copy {...ICON} size={14} />}
      </button>
    </span>
  );
}

/** Hands text to the analyst as a file. */
export function download(fileName: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
