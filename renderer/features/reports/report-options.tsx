import { useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatCount } from '#shared/util/format.ts';
import { useQuery } from '../../client/use-query.ts';
import { SelectField, TextArea, TextField } from '../../ui/field.tsx';
import { State } from '../../ui/glyph.tsx';
import { ErrorNote } from '../../ui/page.tsx';

export interface ReportChoice {
  readonly lab: string;
  readonly analyst: string;
  readonly profile: Output<'bundle.preview'>['profile'];
  readonly template: 'full' | 'summary' | 'technical';
  readonly notes: string;
  /** PNG or JPEG as base64. */
  readonly logo: string | null;
}

export const FIRST_CHOICE: ReportChoice = {
  lab: '',
  analyst: '',
  profile: 'internal',
  template: 'full',
  notes: '',
  logo: null,
};

const PROFILES = [
  { value: 'internal', label: 'Internal: everything' },
  { value: 'counsel', label: 'Counsel: everything about this run' },
  { value: 'public', label: 'Public: no texts, scores only' },
] as const;

const TEMPLATES = [
  { value: 'full', label: 'Full' },
  { value: 'summary', label: 'Summary' },
  { value: 'technical', label: 'Technical' },
] as const;

const MAX_LOGO_BYTES = 256 * 1024;

const GLYPH = { yes: 'ok', part: 'undetermined', no: 'stopped' } as const;
const WORD = { yes: 'disclosed', part: 'in part', no: 'withheld' } as const;

type Item = Output<'bundle.preview'>['items'][number];

function Row({ item }: { item: Item }) {
  return (
    <li className="grid grid-cols-[104px_minmax(0,1fr)] gap-x-3">
      <State name={GLYPH[item.disclosed]} word={WORD[item.disclosed]} />
      <span className="break-words">
        <span className="font-medium">{item.what}</span>{' '}
        <span className="tabular-nums">{formatCount(item.count)}</span>{' '}
        <span className="text-ink-2">{item.detail}</span>
      </span>
    </li>
  );
}

/** What a bundle in this profile would tell its reader, before it is written. */
export function Disclosure(props: {
  readonly auditId: string;
  readonly profile: ReportChoice['profile'];
}) {
  const { data, error } = useQuery('bundle.preview', props, ['audit.changed']);
  return (
    <section aria-label="What the bundle discloses" className="grid gap-2">
      <h2 className="font-medium">What it discloses</h2>
      <ErrorNote error={error} />
      {data && (
        <ul className="grid gap-1 text-12" data-testid="disclosure">
          {data.items.map((item) => (
            <Row key={item.what} item={item} />
          ))}
        </ul>
      )}
      {data && data.notCheckable.length > 0 && (
        <p className="text-12 text-ink-2">
          Its reader cannot check: {data.notCheckable.join(', ')}. These are shown as not checkable,
          never as passed.
        </p>
      )}
    </section>
  );
}

async function base64Of(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** A small picture as base64; refused before it is sent when it is too large. */
function LogoField({ onChange }: { onChange: (logo: string | null) => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const take = async (file: File | undefined): Promise<void> => {
    const tooLarge = file !== undefined && file.size > MAX_LOGO_BYTES;
    setProblem(tooLarge ? 'This file is larger than 256 KiB. Choose a smaller one.' : null);
    onChange(file === undefined || tooLarge ? null : await base64Of(file));
  };
  return (
    <label className="grid gap-1">
      <span className="font-medium">Logo</span>
      <input
        type="file"
        accept="image/png,image/jpeg"
        className="text-12"
        onChange={(event) => void take(event.target.files?.[0])}
      />
      <span className={`text-12 ${problem ? 'text-failed' : 'text-ink-3'}`} role="status">
        {problem ?? 'PNG or JPEG, at most 256 KiB.'}
      </span>
    </label>
  );
}

/** Who reports, what is in it, and how much is disclosed. */
export function ReportOptions(props: {
  readonly choice: ReportChoice;
  readonly onChange: (choice: ReportChoice) => void;
}) {
  const { choice, onChange } = props;
  const set = (part: Partial<ReportChoice>): void => onChange({ ...choice, ...part });
  return (
    <>
      <TextField
        label="Laboratory"
        value={choice.lab}
        maxLength={200}
        onChange={(event) => set({ lab: event.target.value })}
      />
      <TextField
        label="Analyst"
        value={choice.analyst}
        maxLength={200}
        onChange={(event) => set({ analyst: event.target.value })}
        hint="As they are to be named in the report."
      />
      <SelectField
        label="Profile"
        value={choice.profile}
        onChange={(event) => set({ profile: event.target.value as ReportChoice['profile'] })}
        options={PROFILES}
      />
      <SelectField
        label="Template"
        value={choice.template}
        onChange={(event) => set({ template: event.target.value as ReportChoice['template'] })}
        options={TEMPLATES}
      />
      <TextArea
        label="Notes"
        value={choice.notes}
        rows={3}
        maxLength={20_000}
        onChange={(event) => set({ notes: event.target.value })}
        hint="Printed as text in every profile."
      />
      <LogoField onChange={(logo) => set({ logo })} />
    </>
  );
}
