import { useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatPlural } from '#shared/util/format.ts';
import { useCommand } from '../../client/use-query.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { TextArea, TextField } from '../../ui/field.tsx';
import { ErrorNote, Note, Section } from '../../ui/page.tsx';
import { Block, HoldButton, useHold } from '../../ui/secret.tsx';
import { Visible } from '../../ui/text.tsx';

type Prompt = Output<'audit.prompts'>['prompts'][number];

/** Copies the prompt as it is; what is shown is only for the eye. */
function CopyPrompt({ text }: { text: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('failed'),
    );
  };
  return (
    <>
      <Button size="small" onClick={copy}>
        {state === 'copied' ? 'Copied' : 'Copy prompt'}
      </Button>
      {state === 'failed' && (
        <span role="alert" className="text-12 text-hit">
          The clipboard is not available. Hold to reveal and type it off.
        </span>
      )}
    </>
  );
}

interface RowProps {
  readonly auditId: string;
  readonly prompt: Prompt & { readonly attemptId: string; readonly text: string };
  readonly onStored: (remaining: number) => void;
}

/** One prompt to carry to a product, and the answer to bring back. */
function PasteRow({ auditId, prompt, onStored }: RowProps) {
  const hold = useHold();
  const paste = useCommand('audit.paste');
  const [answer, setAnswer] = useState('');
  const [model, setModel] = useState('');
  const [empty, setEmpty] = useState(false);
  const store = async (): Promise<void> => {
    if (answer === '' && !empty) {
      setEmpty(true);
      return;
    }
    const done = await paste.run({
      auditId,
      attemptId: prompt.attemptId,
      text: answer,
      model: model.trim() === '' ? null : model.trim(),
    });
    if (done) onStored(done.remaining);
  };
  return (
    <li className="grid gap-3 border-b border-line py-4" aria-label={`Prompt for ${prompt.target}`}>
      <div className="flex flex-wrap items-baseline gap-x-4">
        <h3 className="text-14 font-semibold break-words">{prompt.target}</h3>
        <span className="text-12 text-ink-3">
          {prompt.model}, canary {prompt.canaryId}, sample {prompt.k}
        </span>
      </div>
      <div className="flex flex-wrap items-center gap-3">
        <HoldButton hold={hold} />
        <CopyPrompt text={prompt.text} />
        <span className="text-12 text-ink-3">Start a new conversation for each prompt.</span>
      </div>
      {hold.held ? (
        <pre
          data-testid="paste-prompt"
          className="max-h-40 overflow-auto font-mono text-12 leading-5 break-words whitespace-pre-wrap"
        >
          <Visible text={prompt.text} />
        </pre>
      ) : (
        <Block lines={2} />
      )}
      <div className="grid grid-cols-[minmax(0,1fr)_240px] gap-4">
        <TextArea
          label={`Answer of ${prompt.target}`}
          rows={4}
          value={answer}
          hint="The whole answer as it was shown. It is stored once and cannot be changed."
          error={
            empty && answer === ''
              ? 'The answer is empty. Store again to say that nothing came back.'
              : null
          }
          onChange={(event) => setAnswer(event.target.value)}
        />
        <div className="grid content-start gap-3">
          <TextField
            label="Model that the product names"
            value={model}
            hint="Leave empty if it names none."
            maxLength={200}
            onChange={(event) => setModel(event.target.value)}
          />
          <Button kind="primary" busy={paste.busy} onClick={() => void store()}>
            Store answer
          </Button>
        </div>
      </div>
      <ErrorNote error={paste.error} kept="The answer stays in the box." />
    </li>
  );
}

const isTaken = (prompt: Prompt): prompt is RowProps['prompt'] =>
  prompt.attemptId !== null && prompt.text !== null;

/** The round that waits for a person: take the prompts, carry them, bring the answers back. */
export function PasteRound({ auditId, waiting }: { auditId: string; waiting: number }) {
  const prompts = useCommand('audit.prompts');
  const [taken, setTaken] = useState<readonly Prompt[] | null>(null);
  const take = async (): Promise<void> => {
    const answer = await prompts.run({ auditId, take: true });
    if (answer) setTaken(answer.prompts);
  };
  const onStored = (attemptId: string, remaining: number): void => {
    setTaken((list) => list?.filter((prompt) => prompt.attemptId !== attemptId) ?? null);
    toast(
      remaining === 0
        ? 'Answer stored. The audit goes on.'
        : `Answer stored, ${formatPlural(remaining, 'answer is', 'answers are')} still missing.`,
    );
  };
  const open = taken?.filter(isTaken) ?? [];
  return (
    <Section
      title={`${formatPlural(waiting, 'answer waits', 'answers wait')} for you`}
      note="These targets have no interface for programs: a person asks them."
    >
      {open.length === 0 ? (
        <div className="grid gap-3">
          <Note>
            <p>
              Showing the prompts discloses the canary to these targets: it counts as exposed from
              that moment, and the custody log says who saw it.
            </p>
          </Note>
          <div>
            <Button kind="primary" busy={prompts.busy} onClick={() => void take()}>
              Take {formatPlural(waiting, 'prompt', 'prompts')}
            </Button>
          </div>
        </div>
      ) : (
        <ul className="border-t border-line" aria-label="Prompts to carry">
          {open.map((prompt) => (
            <PasteRow
              key={prompt.attemptId}
              auditId={auditId}
              prompt={prompt}
              onStored={(remaining) => onStored(prompt.attemptId, remaining)}
            />
          ))}
        </ul>
      )}
      <ErrorNote error={prompts.error} />
    </Section>
  );
}
