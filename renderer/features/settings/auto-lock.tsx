import { useCommand } from '../../client/use-query.ts';
import { toast } from '../../state/view.ts';
import { SelectField } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/page.tsx';

const CHOICES: readonly number[] = [1, 2, 5, 10, 15, 30, 60, 240];

interface Props {
  readonly minutes: number | null;
  readonly onDone: () => void;
}

export function AutoLock({ minutes, onDone }: Props) {
  const { run, error } = useCommand('vault.setAutoLock');
  const choices = CHOICES.includes(minutes ?? 10) ? CHOICES : [minutes ?? 10, ...CHOICES];
  const choose = async (value: number): Promise<void> => {
    if (!(await run({ minutes: value }))) return;
    toast(`Locks after ${value} min without you.`);
    onDone();
  };
  return (
    <>
      <SelectField
        label="Lock when nobody does anything for"
        value={String(minutes ?? 10)}
        options={choices.map((choice) => ({ value: String(choice), label: `${choice} min` }))}
        onChange={(event) => void choose(Number(event.target.value))}
      />
      <ErrorNote error={error} />
    </>
  );
}
