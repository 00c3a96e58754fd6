import type { Output, ParsedInput } from '#shared/contract/index.ts';
import type { ParameterRow, ProbeResult } from '#shared/contract/target.ts';
import {
  type Json,
  PARAMETER_NAMES,
  type ParameterName,
  type TargetDraft,
} from '#shared/domain/target.ts';
import { adapterOf, unsupportedParameters } from '#shared/wire/adapters.ts';
import type { Session } from '../workspace/session.ts';
import { bodyOf, sampleRequest } from './check.ts';
import { type Ignored, ignoredBy } from './preset.ts';
import { isKnown } from './probe-plan.ts';
import { lastProbe } from './trials.ts';

/** The fields of a body by their paths; a list is one value. */
function fieldsOf(value: unknown, before = ''): Map<string, Json> {
  const fields = new Map<string, Json>();
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fields.set(before, value as Json);
  for (const [name, item] of Object.entries(value))
    for (const [path, field] of fieldsOf(item, before === '' ? name : `${before}.${name}`))
      fields.set(path, field);
  return fields;
}

/** The fields of the real bytes that carry one parameter, also where another parameter would put the same there. */
function sentFor(target: TargetDraft, name: ParameterName, asked: Json): ParameterRow['sent'] {
  const { [name]: _left, ...rest } = target.parameters;
  const own = Object.keys(adapterOf(target.format).fieldsOf(target, name, asked) ?? {});
  const isOwn = (path: string) => own.some((at) => path === at || path.startsWith(`${at}.`));
  const without = fieldsOf(bodyOf(sampleRequest({ ...target, parameters: rest })));
  const whole = fieldsOf(bodyOf(sampleRequest(target)));
  return [...whole]
    .filter(
      ([path, value]) => isOwn(path) || JSON.stringify(without.get(path)) !== JSON.stringify(value),
    )
    .map(([field, value]) => ({ field, value }));
}

const ACCEPTED: Readonly<
  Record<ProbeResult['findings'][number]['verdict'], ParameterRow['accepted']>
> = {
  effect: 'yes',
  'no-effect': 'yes',
  accepted: 'yes',
  rejected: 'rejected',
  unknown: 'unknown',
};

interface Known {
  readonly probe: ProbeResult | null;
  readonly ignored: ReadonlyMap<string, Ignored>;
  readonly fromPlan: ReadonlySet<string>;
}

function rowOf(target: TargetDraft, name: ParameterName, known: Known): ParameterRow {
  const asked = target.parameters[name];
  const isUnsupported =
    asked !== undefined && unsupportedParameters(target, { [name]: asked }).length > 0;
  const seen = known.probe?.findings.find(({ subject }) => subject === name) ?? null;
  const answered =
    asked !== undefined && !known.fromPlan.has(name) && (known.probe?.answered ?? 0) > 0;
  return {
    parameter: name,
    asked: asked ?? null,
    from: asked === undefined ? null : known.fromPlan.has(name) ? 'plan' : 'target',
    sent: asked === undefined || isUnsupported ? [] : sentFor(target, name, asked),
    refused: isUnsupported ? `the format ${target.format} cannot send it` : null,
    // What stands in every call of a probe that was answered was taken.
    accepted: seen ? ACCEPTED[seen.verdict] : answered ? 'yes' : 'unknown',
    seen,
    ignored: known.ignored.get(name) ?? null,
  };
}

/**
 * Asked, sent, accepted and known to be ignored, for each parameter that is asked or that the format can send. `sent` is
 * read from the built bytes, `accepted` from the last probe of the same configuration.
 */
export function parameterTable(
  session: Session,
  { target, plan }: ParsedInput<'target.parameters'>,
): Output<'target.parameters'> {
  const asked: TargetDraft = { ...target, parameters: { ...target.parameters, ...plan } };
  // The bytes are built from what can be sent; the rest is told as refused.
  const unsendable = new Set<string>(unsupportedParameters(asked, asked.parameters));
  const sendable: TargetDraft = {
    ...asked,
    parameters: Object.fromEntries(
      Object.entries(asked.parameters).filter(([name]) => !unsendable.has(name)),
    ),
  };
  const known: Known = {
    probe: lastProbe(session, target),
    ignored: ignoredBy(session.ports.paths.resources, target.preset),
    fromPlan: new Set(Object.keys(plan)),
  };
  const rows = PARAMETER_NAMES.filter(
    (name) => asked.parameters[name] !== undefined || isKnown(target, name),
  ).map((name) => rowOf(unsendable.has(name) ? asked : sendable, name, known));
  return { rows };
}
