import { useState } from 'react';
import { useCommand } from '../../client/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/page.tsx';

interface Props {
  readonly onClose: () => void;
  readonly onDone: (id: string) => void;
}

export function NewCase({ onClose, onDone }: Props) {
  const [name, setName] = useState('');
  const [question, setQuestion] = useState('');
  const { run, busy, error } = useCommand('case.create');
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
  const create = async (): Promise<void> => {
    const made = await run({ id, name: name.trim(), question });
    if (made) onDone(made.id);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      width="narrow"
      title="New case"
      description="One question about one or more suspects; audits and reports belong to it."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={busy} disabled={id === ''} onClick={() => void create()}>
            Create case
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <ErrorNote error={error} />
        <TextField
          label="Case name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          hint={id === '' ? 'Use letters or digits.' : `Its id is ${id}.`}
        />
        <TextField
          label="Question"
          value={question}
          onChange={(event) => setQuestion(event.target.value)}
        />
      </div>
    </Dialog>
  );
}
