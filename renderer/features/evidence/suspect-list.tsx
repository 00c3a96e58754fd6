import { formatCount } from '#shared/util/format.ts';
import { href } from '../../state/route.ts';
import { State } from '../../ui/glyph.tsx';
import { E } from '../../ui/num.tsx';
import { LogBar } from './log-bar.tsx';
import { LABEL, type TierA } from './words.ts';

interface Props {
  readonly auditId: string;
  readonly tierA: TierA;
  readonly selected: string | null;
}

export function SuspectList({ auditId, tierA, selected }: Props) {
  return (
    <ul aria-label="Suspects" className="grid grid-cols-[minmax(0,1fr)]">
      {tierA.suspects.map((suspect) => (
        <li key={suspect.target}>
          <a
            href={href('audits', auditId, 'evidence', suspect.target)}
            aria-current={suspect.target === selected || undefined}
            className="block border-b border-line px-5 py-3 hover:bg-raised aria-[current=true]:bg-raised aria-[current=true]:shadow-[inset_3px_0_0_var(--accent)]"
          >
            <span className="block truncate font-semibold" title={suspect.target}>
              {suspect.target}
            </span>
            <span className="mt-0.5 flex items-center justify-between gap-2">
              <State name={LABEL[suspect.label].glyph} word={LABEL[suspect.label].word} />
              <span className="text-12 text-ink-2">
                <E ln={suspect.logE} />
              </span>
            </span>
            <span className="mt-1 block">
              <LogBar logE={suspect.logE} threshold={tierA.threshold} />
            </span>
          </a>
        </li>
      ))}
      <li className="px-5 py-2 text-12 text-ink-3">
        Marks: lead 20, report-grade {formatCount(tierA.threshold)}. Scale 0.01 to 10<sup>6</sup>.
      </li>
    </ul>
  );
}
