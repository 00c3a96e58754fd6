import { AppError } from '#shared/contract/errors.ts';
import type { TargetDraft } from '#shared/domain/target.ts';
import { buildRequest } from '#shared/wire/adapters.ts';
import { requestProblems } from '#shared/wire/request-problems.ts';
import type { OutboundRequest } from '#shared/wire/types.ts';
import { classifyAddress } from '../../endpoints/addresses.ts';

/** Why a target cannot be used as it is; `path` is the field of the target, dotted. */
export interface TargetProblem {
  readonly path: string;
  readonly message: string;
}

// A credential belongs into the vault, not into the configuration.
const SECRET_HEADER = /key|token|secret|auth|password|credential/i;
const HARMLESS_QUESTION = [
  { role: 'user', content: '(the prompt of a canary stands here)' },
] as const;

/** The request of a target for a question that stands for any other; the key is named, never present. */
export const sampleRequest = (target: TargetDraft): OutboundRequest =>
  buildRequest(target, {
    messages: HARMLESS_QUESTION,
    parameters: target.parameters,
    keyName: target.key,
  });

/** The body as JSON; null where the format sends none, or no JSON. */
export function bodyOf(request: Pick<OutboundRequest, 'body'>): unknown {
  if (request.body === null) return null;
  try {
    return JSON.parse(new TextDecoder().decode(request.body));
  } catch {
    return null;
  }
}

/** What the transport refuses too, each with its own code. */
function addressProblems(target: TargetDraft): TargetProblem[] {
  const url = new URL(target.baseUrl);
  const problems: TargetProblem[] = [];
  if (url.username !== '' || url.password !== '')
    problems.push({
      path: 'baseUrl',
      message:
        'The URL holds a user name or password. Put the key into the vault and name it in `key`.',
    });
  if (url.protocol === 'http:' && !target.allowHttp)
    problems.push({
      path: 'allowHttp',
      message: 'The URL is plain http. Use https, or set allowHttp: true to consent.',
    });
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const local = host === 'localhost' || classifyAddress(host) === 'private';
  if (local && !target.allowPrivate)
    problems.push({
      path: 'allowPrivate',
      message:
        'The address is on this machine or a private network. Set allowPrivate: true to consent.',
    });
  return problems;
}

/** What keeps a target from being used as it is configured, but for its address and consents. */
export function configurationProblems(target: TargetDraft): TargetProblem[] {
  const problems: TargetProblem[] = [];
  const inQuery = [...new URL(target.baseUrl).searchParams.keys()].find((name) =>
    SECRET_HEADER.test(name),
  );
  if (inQuery !== undefined)
    problems.push({
      path: 'baseUrl',
      message: `The URL holds what looks like a credential (${inQuery}). Put it into the vault and name it in \`key\`: a key never stands in a URL.`,
    });
  for (const name of Object.keys(target.headers))
    if (SECRET_HEADER.test(name))
      problems.push({
        path: `headers.${name}`,
        message: `The header ${name} looks like a credential. Put it into the vault with \`secret set\` and name it in \`key\`.`,
      });
  if (target.auth?.kind === 'sigv4' && target.key === null)
    problems.push({
      path: 'key',
      message: 'A signed request needs a key: name the vault entry of the AWS credentials.',
    });
  return [...problems, ...requestProblems(target, target.parameters)];
}

/** Everything that keeps a target from being used as it is configured; empty when it can be. */
export const targetProblems = (target: TargetDraft): TargetProblem[] => [
  ...addressProblems(target),
  ...configurationProblems(target),
];

/** Errors: BAD_INPUT with `issues`, each with the path of its field below `target`. */
export function refuseProblems(
  target: TargetDraft,
  problems: readonly TargetProblem[] = targetProblems(target),
): void {
  const [first] = problems;
  if (first === undefined) return;
  throw new AppError('BAD_INPUT', `${target.name}: ${first.message}`, {
    issues: problems.map(({ path, message }) => ({ path: `target.${path}`, message })),
  });
}
