import { useRef } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { Glyph } from '../../ui/glyph.tsx';

type PlanError = Output<'plan.check'>['errors'][number];

interface Props {
  readonly text: string;
  readonly errors: readonly PlanError[];
  readonly onChange: (text: string) => void;
}

/** The plan file itself, with line numbers and errors by line and column. */
export function PlanText({ text, errors, onChange }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLPreElement>(null);
  const lines = text.split('\n');
  const bad = new Set(errors.map((error) => error.line));

  const jump = ({ line, column }: PlanError): void => {
    const node = area.current;
    if (!node) return;
    const before = lines.slice(0, line - 1).reduce((sum, l) => sum + l.length + 1, 0);
    const at = before + Math.max(0, column - 1);
    node.focus();
    node.setSelectionRange(at, Math.min(text.length, before + (lines[line - 1]?.length ?? 0)));
    node.scrollTop = Math.max(0, (line - 5) * 18);
  };

  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex min-h-0 flex-1 bg-raised">
        <pre
          ref={gutter}
          aria-hidden="true"
          className="w-14 shrink-0 overflow-hidden border-r border-line bg-panel py-3 pr-2 text-right font-mono text-12 leading-4.5 text-ink-3"
        >
          {lines.map((_, index) => (
            <span
              // biome-ignore lint/suspicious/noArrayIndexKey: a line number is its own identity
              key={index}
              className={`block ${bad.has(index + 1) ? 'font-semibold text-hit' : ''}`}
            >
              {bad.has(index + 1) ? '›' : ''}
              {index + 1}
            </span>
          ))}
        </pre>
        <textarea
          ref={area}
          aria-label="Plan as YAML"
          spellCheck={false}
          wrap="off"
          value={text}
          onChange={(event) => onChange(event.target.value)}
          onScroll={(event) => {
            if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
          }}
          className="min-w-0 flex-1 resize-none bg-raised py-3 pl-3 font-mono text-12 leading-4.5 text-ink"
        />
      </div>
      {errors.length > 0 && (
        <ul
          aria-label="Errors in the plan"
          className="max-h-48 shrink-0 overflow-auto border-t border-line-strong bg-panel py-1"
        >
          {errors.map((error, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two errors can be equal
            <li key={index}>
              <button
                type="button"
                onClick={() => jump(error)}
                className="grid w-full grid-cols-[12px_72px_1fr] items-baseline gap-3 px-8 py-1 text-left hover:bg-accent-soft"
              >
                <Glyph name="bad" />
                <span className="text-ink-3 tabular-nums">
                  {error.line}:{error.column}
                </span>
                <span>
                  {error.message}
                  {error.path && (
                    <code className="ml-2 font-mono text-12 text-ink-3">{error.path}</code>
                  )}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
