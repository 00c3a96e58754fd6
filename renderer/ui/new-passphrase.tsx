import { passphraseHint } from '#shared/util/passphrase.ts';
import { TextField } from './field.tsx';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: string | null;
}

function hintOf(passphrase: string): string {
  if (passphrase === '') return 'At least 12 characters. Several unrelated words are best.';
  const { strength, text } = passphraseHint(passphrase);
  return strength === 'short' ? text : `Looks ${strength}. ${text}`;
}

/** Where a passphrase is chosen; says as it is typed how strong it looks. */
export function NewPassphraseField({ label, value, onChange, error = null }: Props) {
  return (
    <TextField
      label={label}
      type="password"
      autoComplete="new-password"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={error}
      hint={hintOf(value)}
    />
  );
}
