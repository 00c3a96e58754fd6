import { type ReactNode, useState } from 'react';
import { TextField } from '../../ui/field.tsx';

interface Props {
  readonly label: string;
  readonly value: number | null;
  readonly hint?: ReactNode;
  readonly error?: string | null;
  readonly onChange: (value: number | null) => void;
}

/** A number that keeps what is typed until it is one. */
export function NumberField({ label, value, hint, error = null, onChange }: Props) {
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? (value === null ? '' : String(value));
  const bad = shown.trim() !== '' && !Number.isFinite(Number(shown));
  return (
    <TextField
      label={label}
      inputMode="decimal"
      className="max-w-44 tabular-nums"
      value={shown}
      hint={hint}
      error={bad ? 'Use a number.' : error}
      onChange={(event) => {
        const text = event.target.value;
        setTyped(text);
        if (text.trim() === '') onChange(null);
        else if (Number.isFinite(Number(text))) onChange(Number(text));
      }}
      onBlur={() => setTyped(null)}
    />
  );
}
