import type { Format, Json, ParameterName, Parameters } from '../domain/target.ts';
import { PARAMETER_NAMES, parametersSchema } from '../domain/target.ts';
import { illFormedAt } from '../util/well-formed.ts';
import { adapterOf, buildRequest, unsupportedParameters } from './adapters.ts';
import { type Body, holdsForbidden, overlaps, putField, setParameters } from './body.ts';
import type { BodyFields, WireTarget } from './types.ts';
import { refusedPairs } from './vendor-rules.ts';

/** Why a target with these parameters must not be asked; `path` is the field of the target, dotted. */
export interface RequestProblem {
  readonly path: string;
  readonly message: string;
}

/**
 * Everything that would make the request something else than what was asked for: a parameter that cannot be sent, one that
 * the provider demands and that is missing, two that claim one field or that the provider refuses together, a further
 * field that the format writes itself, a template with a mistake. Empty: `buildRequest` sends all of it.
 */
export function requestProblems(target: WireTarget, parameters: Parameters): RequestProblem[] {
  const { format } = target;
  const unsupported = unsupportedParameters(target, parameters).map((name) => ({
    path: `parameters.${name}`,
    message: `The format ${format} cannot send ${name} with this value. Remove it: a parameter that is set is sent or refused, never dropped.`,
  }));
  const clashes = extraClashes(target).map((path) => ({
    path: `extra.${path}`,
    message: `The format ${format} writes ${path} itself. Set it by its own field, or remove it from extra.`,
  }));
  const own = adapterOf(format).problems?.(target) ?? [];
  const template =
    format !== 'custom' && target.template !== null
      ? [{ path: 'template', message: 'Only the format custom has a template. Remove it.' }]
      : [];
  return [
    ...unsupported,
    ...missing(target, parameters),
    ...collisions(target, parameters),
    ...refusedPairs(target, bodyOf(target, parameters)),
    ...dialectProblems(target),
    ...clashes,
    ...droppedNames(target),
    ...brokenTexts(target, parameters),
    ...template,
    ...own,
    ...addressProblems(target, parameters),
  ];
}

/** Half a character cannot be sent: it would arrive as an escape that many servers refuse, or as another character. */
function brokenTexts(target: WireTarget, parameters: Parameters): RequestProblem[] {
  const { model, extra, template, dialect } = target;
  const at = illFormedAt({ model, parameters, extra, template, dialect });
  return at === null
    ? []
    : [{ path: at.join('.'), message: 'It holds half a character. Write the text anew.' }];
}

const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?=[/?]|$)/i;

/** Dot segments are resolved on the way: the address asked would not be the one that is shown and recorded. */
function addressProblems(target: WireTarget, parameters: Parameters): RequestProblem[] {
  const { url } = buildRequest(target, { messages: QUESTION, parameters, keyName: null });
  return DOT_SEGMENT.test(url)
    ? [{ path: 'model', message: 'The address holds a segment . or .. . Leave it out.' }]
    : [];
}

function missing(target: WireTarget, parameters: Parameters): RequestProblem[] {
  const { required } = adapterOf(target.format);
  if (required.length === 0) return [];
  const body = bodyOf(target, parameters);
  return required
    .filter((field) => !Object.hasOwn(body, field))
    .map((field) => ({
      path: `parameters.${field}`,
      message: `The format ${target.format} demands ${field}. Set it: nothing is sent that you did not choose.`,
    }));
}

function collisions(target: WireTarget, parameters: Parameters): RequestProblem[] {
  const { fieldsOf } = adapterOf(target.format);
  const claimed = new Map<string, ParameterName>();
  const problems: RequestProblem[] = [];
  for (const [name, value] of setParameters(parameters)) {
    const own = leavesOf(fieldsOf(target, name, value) ?? {});
    for (const leaf of own) {
      const known = [...claimed].find(([other]) => isOneField(leaf, other));
      // Two that say the same thing, such as both ways to ask for log-probabilities, do not contradict each other.
      if (known !== undefined && !isShared(leaf))
        problems.push({
          path: `parameters.${name}`,
          message: `${name} and ${known[1]} are the same field here (${leaf}). Set one of them.`,
        });
    }
    for (const leaf of own) if (!claimed.has(leaf)) claimed.set(leaf, name);
  }
  return problems;
}

/** Fields that several parameters switch on in the same way. */
const isShared = (leaf: string): boolean => leaf === 'include';

/** Whether writing one of two fields overwrites the other: they are the same, or one stands inside the other. */
const isOneField = (a: string, b: string): boolean =>
  a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);

/** Paths of the values that stand in the fields; lists and empty objects are values. */
const leavesOf = (fields: BodyFields): string[] =>
  Object.entries(fields).flatMap(([path, value]) => leavesAt(path, value));

function leavesAt(path: string, value: Json): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  const inner = Object.entries(value);
  return inner.length === 0
    ? [path]
    : inner.flatMap(([name, item]) => leavesAt(`${path}.${name}`, item));
}

/** What a dialect would take away: a field that every request has, or the parameter itself, by writing nothing for it. */
function dialectProblems(target: WireTarget): RequestProblem[] {
  const { dialect, format } = target;
  if (dialect === null) return [];
  const { on = null, off = null, budget = null } = dialect.thinking ?? {};
  const spellings: [path: string, fields: BodyFields][] = [
    ...Object.entries(dialect.renames).map(([name, field]): [string, BodyFields] => [
      `dialect.renames.${name}`,
      { [field]: 0 },
    ]),
    ...Object.entries({ on, off, budget }).flatMap(([name, fields]): [string, BodyFields][] =>
      fields === null ? [] : [[`dialect.thinking.${name}`, fields]],
    ),
  ];
  const always = leavesOf(bodyOf({ ...target, dialect: null, stream: true }, {}));
  const problems = spellings.flatMap(([path, fields]): RequestProblem[] => {
    const leaves = leavesOf(fields);
    const taken = leaves.find((leaf) => always.some((own) => isOneField(leaf, own)));
    if (taken !== undefined)
      return [
        { path, message: `The format ${format} writes ${taken} itself. Name another field.` },
      ];
    return leaves.length > 0
      ? []
      : [
          {
            path,
            message: 'It names no field, so nothing would be sent. Name one, or leave it out.',
          },
        ];
  });
  return budget === null || JSON.stringify(budget).includes('"{{budget}}"')
    ? problems
    : [
        ...problems,
        {
          path: 'dialect.thinking.budget',
          message: 'The number of tokens is not in it. Put {{budget}} where it belongs.',
        },
      ];
}

/** Names that no object of ours may have: a further field or a template that uses one would lose what stands under it. */
function droppedNames({ extra, template, dialect }: WireTarget): RequestProblem[] {
  const places = { extra, 'template.body': template?.body ?? null, dialect: dialect as Json };
  return Object.entries(places).flatMap(([path, value]) =>
    holdsForbidden(value)
      ? [{ path, message: 'A field cannot be called __proto__. Give it another name.' }]
      : [],
  );
}

/** Fields of `extra` that the format writes itself, whether or not this question makes it do so; dotted paths. */
export function extraClashes(target: WireTarget): string[] {
  if (Object.keys(target.extra).length === 0) return [];
  return overlaps(everyField(target), target.extra);
}

const SAMPLES: readonly Json[] = [1, 0.5, true, false, 'low', ['x']];

/** A body with every field that the format can write for this target. */
function everyField(target: WireTarget): Body {
  const body = bodyOf({ ...target, stream: true }, {});
  for (const name of PARAMETER_NAMES) {
    for (const value of SAMPLES) {
      if (!parametersSchema.shape[name].safeParse(value).success) continue;
      const fields = adapterOf(target.format).fieldsOf(target, name, value) ?? {};
      for (const [path, field] of Object.entries(fields)) putField(body, path, field);
    }
  }
  return body;
}

const QUESTION = [
  { role: 'system', content: '…' },
  { role: 'user', content: '…' },
] as const;

function bodyOf(target: WireTarget, parameters: Parameters): Body {
  const question = { messages: QUESTION, parameters, keyName: null };
  const { body } = buildRequest({ ...target, extra: {} }, question);
  if (body === null || NO_JSON.includes(target.format)) return {};
  return JSON.parse(new TextDecoder().decode(body)) as Body;
}

/** Formats whose body need not be a JSON object. */
const NO_JSON: readonly Format[] = ['custom', 'paste'];
