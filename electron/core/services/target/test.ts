import { z } from 'zod';
import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { type TargetTestResult, targetTestResult } from '#shared/contract/target.ts';
import type { Message } from '#shared/domain/canary.ts';
import { type TargetDraft, targetDraftSchema, targetNameSchema } from '#shared/domain/target.ts';
import { hazardNames } from '../../endpoints/hazards.ts';
import { originOf } from '../../endpoints/proxy.ts';
import { createSystemProxies } from '../../endpoints/system-proxy.ts';
import { createTransport } from '../../endpoints/transport.ts';
import type { Transport } from '../../endpoints/types.ts';
import type { Ports } from '../../ports.ts';
import { openWay, openWayWith, type Secrets } from '../network/sending.ts';
import type { Session } from '../workspace/session.ts';
import { type FileProblem, parseYamlFile } from '../yaml-file.ts';
import { askHarmless, testResultOf } from './call.ts';
import { configurationProblems } from './check.ts';
import { presetProblems, vendorFacts } from './preset.ts';
import { mustExist, refuseHazards } from './target.ts';
import { keepTrial } from './trials.ts';

const HARMLESS: readonly Message[] = [
  { role: 'user', content: 'Please reply with the single word: ready' },
];

/** A person carries its questions: nothing can be called. */
function refusePaste(target: TargetDraft): void {
  if (target.format === 'paste')
    throw new AppError(
      'CONFLICT',
      `${target.name} is asked by hand (format paste): there is no endpoint to call.`,
    );
}

/** The result with the variables and options that change whom another program trusts, by name. */
const withHazards = (result: TargetTestResult, runtime: Ports['runtime']): TargetTestResult => ({
  ...result,
  warnings: [...result.warnings, ...hazardNames(runtime).map((name) => `environment:${name}`)],
});

/** One call with a harmless question; nothing of the library is sent. Errors: NOT_FOUND, CONFLICT, UNSAFE_ENVIRONMENT. */
export async function testTarget(
  session: Session,
  transport: Transport,
  { name, timeoutMs }: ParsedInput<'target.test'>,
): Promise<Output<'target.test'>> {
  const { target } = mustExist(session, name);
  refusePaste(target);
  refuseHazards(session);
  const call = { messages: HARMLESS, parameters: target.parameters, timeoutMs };
  const answer = await askHarmless(transport, openWay(session, target), target, {
    ...call,
    reason: 'test',
  });
  const { paths, runtime } = session.ports;
  const facts = vendorFacts(paths.resources, target);
  const result = withHazards(testResultOf(target, answer, facts), runtime);
  session.transaction(() => {
    keepTrial(session, target, { kind: 'test', calls: 1, result });
    session.record('target.tested', {
      target: name,
      outcome: result.outcome,
      status: result.status,
    });
  });
  return result;
}

/**
 * The same for a target file, without a workspace: nothing is stored. What keeps the call from being made (address,
 * scheme, TLS) is an outcome like any other; only a file that describes no target is an error. Hazards of the
 * environment have no effect on this transport and are told as warnings. Errors: IMPORT_REJECTED, CONFLICT.
 */
export async function tryTarget(
  { paths: { resources }, runtime, systemProxy }: Pick<Ports, 'paths' | 'runtime' | 'systemProxy'>,
  { text, secrets, timeoutMs }: ParsedInput<'target.try'>,
): Promise<Output<'target.try'>> {
  const parsed = parseOneTarget(resources, text);
  if ('refused' in parsed) return parsed.refused;
  const target =
    parsed.target.key === null && Object.hasOwn(secrets, '')
      ? { ...parsed.target, key: 'key' }
      : parsed.target;
  refusePaste(target);
  const given: Secrets = {
    open: (name) => {
      const value = name === target.key && Object.hasOwn(secrets, '') ? secrets[''] : secrets[name];
      if (value === undefined)
        throw new AppError(
          'CONFLICT',
          `The target names the key ${name}, and no value was given for it.`,
        );
      return value;
    },
    fingerprint: () => null,
  };
  const sender = openWayWith(given, target);
  // A door of its own, that opens to what the file names and to nothing else.
  const host = originOf(new URL(target.baseUrl));
  const transport = createTransport({
    env: runtime.env,
    system: createSystemProxies(runtime.env, systemProxy),
    isConfigured: (origin) => origin === host || target.network.proxy.kind !== 'none',
  });
  try {
    const answer = await askHarmless(transport, sender, target, {
      messages: HARMLESS,
      parameters: target.parameters,
      timeoutMs,
      reason: 'test',
    });
    return withHazards(testResultOf(target, answer, vendorFacts(resources, target)), runtime);
  } finally {
    await transport.close();
  }
}

// The name of a target that is never stored may be left out.
const oneTarget = targetDraftSchema.extend({ name: targetNameSchema.default('target') });
const listOfOne = z
  .strictObject({ targets: z.array(oneTarget).length(1, 'name exactly one target here') })
  .transform(({ targets: [only] }) => only as TargetDraft);
const anyList = z.looseObject({ targets: z.array(z.unknown()) });

function rejected(problems: readonly FileProblem[]): AppError {
  const errors = problems.map(({ line, path, message }) => ({
    line,
    field: path === '' ? 'file' : path,
    message,
    fix: 'See docs/formats.md for the fields of a target.',
  }));
  const [first] = errors;
  return new AppError(
    'IMPORT_REJECTED',
    `The target file is wrong; nothing was sent. First: line ${first?.line}, ${first?.field}: ${first?.message}.`,
    { errors },
  );
}

/** A URL that no schema of a target takes, and that yet has its own code: ftp:, file:, and the like. */
function refusedUrl(text: string): TargetTestResult | null {
  const loose = parseYamlFile(
    text,
    z.looseObject({ baseUrl: z.string(), model: z.string().default('') }),
  );
  if (!loose.ok) return null;
  const url = URL.parse(loose.value.baseUrl);
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return null;
  return targetTestResult.parse({
    ok: false,
    outcome: 'transport-failed',
    code: 'URL_SCHEME',
    detail: url === null ? 'not a URL' : 'neither https nor http',
    status: null,
    bytes: 0,
    ms: 0,
    model: null,
    fingerprint: null,
    tls: null,
    warnings: [],
    address: null,
    proxy: null,
    route: {
      host: url?.host ?? '',
      vendor: null,
      upstream: null,
      region: null,
      requestId: null,
      modelAsked: loose.value.model,
      modelAnswered: null,
      sentence: 'Nobody was asked.',
    },
    parameters: [],
    text: null,
    advice: 'Use an https URL; http needs the consent allowHttp: true.',
  });
}

function parseOneTarget(
  resources: string,
  text: string,
): { readonly target: TargetDraft } | { readonly refused: TargetTestResult } {
  const isList = parseYamlFile(text, anyList).ok;
  const parsed = parseYamlFile<TargetDraft>(text, isList ? listOfOne : oneTarget);
  if (!parsed.ok) {
    const onlyUrl = parsed.problems.every(({ path }) => path === 'baseUrl');
    const refused = onlyUrl ? refusedUrl(text) : null;
    if (refused !== null) return { refused };
    throw rejected(parsed.problems);
  }
  // Consents and the address are the transport's matter here: it gives each its code.
  const problems = [
    ...configurationProblems(parsed.value),
    ...presetProblems(resources, parsed.value),
  ];
  if (problems.length > 0)
    throw rejected(
      problems.map(({ path, message }) => ({ ...parsed.at(path.split('.')), path, message })),
    );
  return { target: parsed.value };
}
