import type { AuditItem, PlanItem } from '#shared/contract/audit.ts';
import type { Client } from '#shared/contract/index.ts';
import { CliError } from './exit.ts';

/** `last`, a whole id, or the beginning of exactly one. `items` are newest first. */
export function pickById<T>(
  items: readonly T[],
  idOf: (item: T) => string,
  wanted: { readonly text: string; readonly what: string },
): T {
  const { text, what } = wanted;
  const list = `List them with \`trapstreet ${what} list\`.`;
  if (text === 'last') {
    const newest = items[0];
    if (newest === undefined) throw new CliError(`There is no ${what} yet.`, { code: 'NOT_FOUND' });
    return newest;
  }
  const matches = items.filter((item) => idOf(item).startsWith(text.toLowerCase()));
  const [only] = matches;
  if (only === undefined || text === '')
    throw new CliError(`There is no ${what} ${text}. ${list}`, { code: 'NOT_FOUND' });
  if (matches.length > 1)
    throw new CliError(
      `${text} is the beginning of ${matches.length} ${what} ids. Give more of it. ${list}`,
    );
  return only;
}

export async function findAudit(client: Client, text: string): Promise<AuditItem> {
  const { audits } = await client.call('audit.list', {});
  return pickById(audits, (item) => item.auditId, { text, what: 'audit' });
}

export async function findPlan(client: Client, text: string): Promise<PlanItem> {
  const { plans } = await client.call('plan.list', {});
  return pickById(plans, (item) => item.planId, { text, what: 'plan' });
}

/** A whole number from the command line. */
export function wholeNumber(text: string, name: string, min = 0): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < min)
    throw new CliError(`${name} must be a whole number of at least ${min}, not "${text}".`);
  return value;
}
