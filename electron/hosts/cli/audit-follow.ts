import type { Client } from '#shared/contract/index.ts';
import { watchAudit } from './audit-watch.ts';
import { exitOfAudit, printEvidence } from './evidence-view.ts';
import { EXIT } from './exit.ts';
import type { Context } from './verb.ts';

interface Followed {
  readonly auditId: string;
  /** Whether it runs in this process. */
  readonly isOurs: boolean;
}

/** Quoted where a shell would not read it back as one word. */
const shellWord = (text: string): string =>
  /^[\w./~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** Watches an audit to its end, shows what it found, and answers with its exit code. */
export async function followAudit(
  { io, out, session }: Pick<Context, 'io' | 'out' | 'session'>,
  client: Client,
  { auditId, isOurs }: Followed,
): Promise<number> {
  const { status, isInterrupted } = await watchAudit({
    io,
    client,
    auditId,
    isOurs,
    note: out.note,
  });
  const evidence = await client.call('evidence.get', { auditId });
  const { state } = status.audit;
  out.result({ ...status, evidence }, () => {
    out.line(
      `Audit ${auditId} ${state === 'budget' ? 'has reached a limit of its plan' : `is ${state}`}: ${status.requestsDone} requests, ${status.canariesDone} of ${status.canariesPlanned} canaries opened.`,
    );
    if (status.message !== null) out.line(status.message);
    out.line();
    printEvidence(out, evidence);
  });
  if (state === 'running') {
    out.note('The audit goes on in the process that runs it.');
    return EXIT.interrupted;
  }
  if (status.pasteWaiting > 0)
    out.note(`See what to ask with: trapstreet audit prompts ${auditId} --take`);
  else if (state === 'paused' || state === 'interrupted')
    out.note(
      `Go on with: trapstreet audit resume ${auditId} --workspace ${shellWord(session.workspace)}`,
    );
  if (isInterrupted && state === 'paused') return EXIT.interrupted;
  return exitOfAudit(status, evidence);
}

/** As followAudit, where the answer was printed already. */
export async function followAuditQuietly(
  { io, out }: Pick<Context, 'io' | 'out'>,
  client: Client,
  auditId: string,
): Promise<number> {
  const { status } = await watchAudit({ io, client, auditId, isOurs: true, note: out.note });
  return exitOfAudit(status, await client.call('evidence.get', { auditId }));
}
