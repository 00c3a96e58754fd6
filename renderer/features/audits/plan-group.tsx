import type { ReactNode } from 'react';
import type { Output } from '#shared/contract/index.ts';

export type PlanError = Output<'plan.check'>['errors'][number];

/** A message of the check as a sentence. */
export const asSentence = ({ message }: PlanError): string =>
  `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.?]$/.test(message) ? '' : '.'}`;

/** What is wrong with a field, by its path in the plan: the first that the check found there or below. */
export function errorAt(errors: readonly PlanError[], path: string): string | null {
  const first = errors.find((error) => error.path === path || error.path.startsWith(`${path}.`));
  return first ? asSentence(first) : null;
}

/** A part of the plan form with its heading. */
export function Group(props: {
  readonly title: string;
  readonly note?: string;
  readonly children: ReactNode;
}) {
  return (
    <fieldset className="border-t border-line pt-4">
      <legend className="float-left mb-1 w-full text-14 font-semibold">{props.title}</legend>
      {props.note && <p className="mb-3 text-12 text-ink-3">{props.note}</p>}
      <div className="clear-both grid gap-3">{props.children}</div>
    </fieldset>
  );
}
