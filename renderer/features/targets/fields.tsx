import type { ReactNode } from 'react';
import { useQuery } from '../../client/use-query.ts';
import { SelectField } from '../../ui/field.tsx';
import type { Form } from './draft.ts';

/** What every part of the form is given. */
export interface PartProps {
  readonly form: Form;
  readonly set: (change: Partial<Form>) => void;
  /** The message beside a field; null when it is right. */
  readonly error: (field: string) => string | null;
}

/** A part of the form with a heading and a line that says what it is for. */
export function Part({
  title,
  note,
  children,
}: {
  title: string;
  note?: ReactNode;
  children: ReactNode;
}) {
  return (
    <fieldset className="grid min-w-0 gap-4">
      <legend className="mb-3 text-14 font-semibold">{title}</legend>
      {note && <p className="-mt-2 text-12 text-ink-3">{note}</p>}
      {children}
    </fieldset>
  );
}

/** A part that most targets leave as it is: closed until it is wanted, open when something stands in it. */
export function MorePart({
  title,
  note,
  open,
  children,
}: {
  title: string;
  note: string;
  open: boolean;
  children: ReactNode;
}) {
  return (
    <details open={open} className="border-t border-line pt-3">
      <summary className="cursor-pointer rounded-sm text-14 font-semibold">
        {title} <span className="ml-2 text-12 font-normal text-ink-3">{note}</span>
      </summary>
      <div className="mt-4 grid gap-4">{children}</div>
    </details>
  );
}

/** An entry of the vault by its name. */
export function KeySelect(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (name: string) => void;
  readonly hint?: ReactNode;
  readonly error?: string | null;
}) {
  const secrets = useQuery('secret.list', {}, ['workspace.changed']).data?.secrets ?? [];
  const isKnown = props.value === '' || secrets.some(({ name }) => name === props.value);
  return (
    <SelectField
      label={props.label}
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
      error={props.error}
      options={[
        { value: '', label: 'None' },
        ...secrets.map(({ name }) => ({ value: name, label: name })),
        ...(isKnown ? [] : [{ value: props.value, label: `${props.value} (not in the vault)` }]),
      ]}
      hint={
        props.hint ?? (
          <>
            Kept in the vault.{' '}
            <a className="text-accent underline" href="#/targets/keys">
              Add a key
            </a>
          </>
        )
      }
    />
  );
}
