import { formatPlural } from '#shared/util/format.ts';
import type { Failed } from '../../client/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import type { Summary } from './plan-summary.tsx';

interface Props {
  readonly summary: Summary;
  readonly busy: boolean;
  readonly error: Failed | null;
  readonly onClose: () => void;
  readonly onSeal: () => void;
}

export function SealDialog({ summary, busy, error, onClose, onSeal }: Props) {
  const most = summary.exposures.reduce((n, e) => Math.max(n, e.secrets), 0);
  return (
    <Dialog
      open
      onClose={onClose}
      width="narrow"
      title={`Seal “${summary.name}”`}
      description="The plan is hashed and signed. It cannot be changed afterwards: not the panel, not the canaries, not the rule to stop."
      footer={
        <>
          <Button onClick={onClose}>Keep editing</Button>
          <Button kind="primary" busy={busy} onClick={onSeal}>
            {busy ? 'Sealing' : 'Seal plan for good'}
          </Button>
        </>
      }
    >
      <div className="grid gap-2">
        <ErrorNote error={error} kept="Nothing was sealed; the plan is kept." />
        <p>
          When it is started it asks {formatPlural(summary.calls, 'question', 'questions')} and
          discloses {formatPlural(most, 'secret', 'secrets')} to{' '}
          {formatPlural(summary.exposures.length, 'operator', 'operators')}. Sealing itself asks
          nothing.
        </p>
      </div>
    </Dialog>
  );
}
