import type { Client } from '#shared/contract/index.ts';
import type { StampedItem } from '#shared/contract/trust.ts';
import type { Output } from './output.ts';

/** Tells who stamped a signed thing and when, or that nobody has. */
export async function tellStamp(
  client: Client,
  out: Output,
  about: Pick<StampedItem, 'kind' | 'subject'>,
): Promise<void> {
  const { items, authorities } = await client.call('stamp.list', { kind: about.kind });
  const item = items.find(({ subject }) => subject === about.subject);
  if (item === undefined) return;
  out.note(`${item.text}.`);
  if (item.state === 'unstamped')
    out.note(
      authorities === 0
        ? 'Add a time-stamping authority: trapstreet authority add NAME URL --root FILE'
        : `Try again: trapstreet stamp add ${about.kind} ${about.subject}`,
    );
}

export function printStamps(out: Output, items: readonly StampedItem[]): void {
  out.table(
    ['kind', 'what', 'signed', 'stamp', 'ids'],
    items.map((item) => [
      item.kind,
      item.subject,
      item.signedUtc,
      item.text,
      item.stamps.map(({ id, renewalDue }) => `${id}${renewalDue ? ' (renew)' : ''}`).join(' '),
    ]),
  );
}

export function printFailures(
  out: Output,
  failures: readonly {
    readonly kind: string;
    readonly subject: string;
    readonly authority: string;
    readonly message: string;
  }[],
): void {
  for (const { kind, subject, authority, message } of failures)
    out.note(`${authority} did not stamp ${kind} ${subject}: ${message}.`);
}
