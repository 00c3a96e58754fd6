import { useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatCount } from '#shared/util/format.ts';
import { useCommand } from '../../client/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/page.tsx';

type Lane = Output<'audit.get'>['lanes'][number];
interface Caps {
  readonly usd: string;
  readonly exposures: string;
}

const NONE: Caps = { usd: '', exposures: '' };

/** A cap as typed: null leaves it, undefined is no cap above the present one. */
function capOf(text: string, now: number | null, whole: boolean): number | null | undefined {
  if (text.trim() === '') return null;
  const value = Number(text.trim());
  if (!Number.isFinite(value) || value <= 0 || (whole && !Number.isInteger(value)))
    return undefined;
  return now !== null && value <= now ? undefined : value;
}

/** Raises caps of targets after an audit ended at one, and goes on. */
export function RaiseCaps(props: {
  readonly auditId: string;
  readonly lanes: readonly Lane[];
  readonly onClose: () => void;
}) {
  const { auditId, lanes, onClose } = props;
  const resume = useCommand('audit.resume');
  const [typed, setTyped] = useState<Readonly<Record<string, Caps>>>({});
  const capped = lanes.filter((lane) => lane.capUsd !== null || lane.capExposures !== null);
  const rows = capped.map((lane) => {
    const caps = typed[lane.target] ?? NONE;
    return {
      lane,
      caps,
      usd: capOf(caps.usd, lane.capUsd, false),
      exposures: capOf(caps.exposures, lane.capExposures, true),
    };
  });
  const wrong = rows.some((row) => row.usd === undefined || row.exposures === undefined);
  const raise = rows.flatMap(({ lane, usd, exposures }) =>
    usd == null && exposures == null
      ? []
      : [{ target: lane.target, costUsd: usd ?? null, exposures: exposures ?? null }],
  );
  const set = (target: string, change: Partial<Caps>): void =>
    setTyped({ ...typed, [target]: { ...NONE, ...typed[target], ...change } });
  return (
    <Dialog
      open
      onClose={onClose}
      title="Raise caps and go on"
      description="A raised cap is an event of the custody log and stands in every report. The other limits are of the sealed plan and stay."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            busy={resume.busy}
            disabled={wrong || raise.length === 0}
            onClick={() => void resume.run({ auditId, raise }).then((done) => done && onClose())}
          >
            Raise and go on
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        {rows.map(({ lane, caps, usd, exposures }) => (
          <fieldset key={lane.target} className="grid grid-cols-2 gap-4">
            <legend className="mb-1 font-medium break-words">{lane.target}</legend>
            {lane.capUsd !== null && (
              <TextField
                label="Cost cap, USD"
                inputMode="decimal"
                value={caps.usd}
                placeholder={String(lane.capUsd)}
                error={usd === undefined ? `A number above ${lane.capUsd}.` : null}
                hint={
                  lane.spend
                    ? `Now ${lane.capUsd}; spent ${(lane.spend.usd + lane.spend.estimatedUsd).toFixed(4)}.`
                    : `Now ${lane.capUsd}.`
                }
                onChange={(event) => set(lane.target, { usd: event.target.value })}
              />
            )}
            {lane.capExposures !== null && (
              <TextField
                label="Exposure cap"
                inputMode="numeric"
                value={caps.exposures}
                placeholder={String(lane.capExposures)}
                error={
                  exposures === undefined
                    ? `A whole number above ${formatCount(lane.capExposures)}.`
                    : null
                }
                hint={`Now ${formatCount(lane.capExposures)}; ${formatCount(lane.exposures)} used.`}
                onChange={(event) => set(lane.target, { exposures: event.target.value })}
              />
            )}
          </fieldset>
        ))}
        <ErrorNote error={resume.error} />
      </div>
    </Dialog>
  );
}
