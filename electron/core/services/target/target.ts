import { z } from 'zod';
import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import type { TargetItem } from '#shared/contract/target.ts';
import { type TargetDraft, targetDraftSchema } from '#shared/domain/target.ts';
import type { TargetRow } from '../../db/target-store.ts';
import { environmentHazards } from '../../endpoints/hazards.ts';
import type { Session } from '../workspace/session.ts';
import { parseYamlFile } from '../yaml-file.ts';
import { refuseProblems, type TargetProblem, targetProblems } from './check.ts';
import { presetProblems } from './preset.ts';
import { lastProbe, lastTest } from './trials.ts';

const toItem = (row: TargetRow): TargetItem => ({ ...row });

/** Host of a target, as the exposure ledger names an operator. */
export const hostOf = (target: Pick<TargetDraft, 'baseUrl'>): string =>
  new URL(target.baseUrl).host;

export function listTargets(session: Session): Output<'target.list'> {
  return { targets: session.targets.all().map(toItem) };
}

/** Errors: NOT_FOUND. */
export function mustExist(session: Session, name: string): TargetRow {
  const row = session.targets.get(name);
  if (!row)
    throw new AppError(
      'NOT_FOUND',
      `There is no target ${name}. List them with \`trapstreet target list\`.`,
    );
  return row;
}

const problemsOf = ({ ports }: Session, target: TargetDraft): TargetProblem[] => [
  ...targetProblems(target),
  ...presetProblems(ports.paths.resources, target),
];

function put(session: Session, target: TargetDraft, replace: boolean): TargetItem {
  refuseProblems(target, problemsOf(session, target));
  const known = session.targets.get(target.name);
  if (known?.active && !replace)
    throw new AppError(
      'CONFLICT',
      `There is a target ${target.name} already. Choose another name, or replace it.`,
    );
  session.targets.put(target, session.nowUtc());
  session.record(known ? 'target.changed' : 'target.added', {
    target: target.name,
    role: target.role,
    host: hostOf(target),
    model: target.model,
    key: target.key,
  });
  return toItem(mustExist(session, target.name));
}

export function addTarget(session: Session, input: ParsedInput<'target.add'>): TargetItem {
  return session.transaction(() => put(session, input.target, input.replace));
}

/** All or nothing. Errors: IMPORT_REJECTED with line and field of each problem. */
export function importTargets(
  session: Session,
  input: ParsedInput<'target.import'>,
): Output<'target.import'> {
  const many = z.strictObject({ targets: z.array(targetDraftSchema).min(1).max(1_000) });
  const hasList =
    /^\s*["']?targets["']?\s*:/m.test(input.text) || /^\s*\{\s*"targets"/.test(input.text);
  const parsed = hasList
    ? parseYamlFile(input.text, many)
    : parseYamlFile(
        input.text,
        targetDraftSchema.transform((target) => ({ targets: [target] })),
      );
  if (!parsed.ok) {
    const errors = parsed.problems.map((problem) => ({
      line: problem.line,
      field: problem.path === '' ? 'file' : problem.path,
      message: problem.message,
      fix: 'See docs/formats.md for the fields of a target.',
    }));
    const first = errors[0];
    throw new AppError(
      'IMPORT_REJECTED',
      `The target file is wrong; nothing was added. First: line ${first?.line}, ${first?.field}: ${first?.message}.`,
      { errors },
    );
  }
  const problems = parsed.value.targets.flatMap((target, at) =>
    problemsOf(session, target).map(({ path, message }) => {
      const field = [...(hasList ? ['targets', at] : []), ...path.split('.')];
      return {
        line: parsed.at(field).line,
        field: field.join('.'),
        message: `${target.name}: ${message}`,
        fix: '',
      };
    }),
  );
  const [first] = problems;
  if (first)
    throw new AppError(
      'IMPORT_REJECTED',
      `The target file cannot be used; nothing was added. First: line ${first.line}, ${first.field}: ${first.message}`,
      { errors: problems.slice(0, 50) },
    );
  return session.transaction(() => ({
    targets: parsed.value.targets.map((target) => put(session, target, input.replace)),
    errors: [],
  }));
}

export function setTargetActive(session: Session, name: string, active: boolean): TargetItem {
  mustExist(session, name);
  return session.transaction(() => {
    session.targets.setActive(name, active);
    session.record(active ? 'target.restored' : 'target.removed', { target: name });
    return toItem(mustExist(session, name));
  });
}

/** Errors: UNSAFE_ENVIRONMENT. */
export function refuseHazards(session: Session): void {
  const hazard = environmentHazards(session.ports.runtime).find((entry) => entry.refuse);
  if (hazard)
    throw new AppError(
      'UNSAFE_ENVIRONMENT',
      `${hazard.name} weakens the record of what was received. Unset it and start again.`,
    );
}

/** One target with what is known of it. Errors: NOT_FOUND. */
export function getTarget(session: Session, name: string): Output<'target.get'> {
  const row = mustExist(session, name);
  return {
    item: toItem(row),
    lastTest: lastTest(session, row.target),
    lastProbe: lastProbe(session, row.target),
  };
}
