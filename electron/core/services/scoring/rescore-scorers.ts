import { AppError } from '#shared/contract/errors.ts';
import type { ScorerChoice } from '#shared/contract/rescore.ts';
import type { Role, TargetDraft } from '#shared/domain/target.ts';
import { meanScores, type RankedAnswer, rankAnswer } from '#shared/scoring/rank/engine.ts';
import { cosineScores, judgeScores } from '#shared/scoring/rank/given-scores.ts';
import { judgeMessages, readJudgement } from '#shared/scoring/rank/judge.ts';
import {
  chrfScorer,
  exactScorer,
  levenshteinScorer,
  rareGramScorer,
  rougeLScorer,
  type TextScorer,
  tokenGramScorer,
} from '#shared/scoring/rank/text-scorers.ts';
import { seededRandom } from '#shared/statistics/seeded.ts';
import { buildRequest } from '#shared/wire/adapters.ts';
import { decodeBody } from '#shared/wire/decode-body.ts';
import { buildEmbeddings, EMBEDDING_BATCH, readEmbeddings } from '#shared/wire/embeddings.ts';
import type { OutboundRequest } from '#shared/wire/types.ts';
import type { Transport } from '../../endpoints/types.ts';
import { openWay } from '../network/sending.ts';
import { readExchange } from '../target/call.ts';
import type { Session } from '../workspace/session.ts';

const ENDPOINT_TIMEOUT_MS = 120_000;
/** Longest answer that an endpoint is sent; more is cut, the same for every target. */
const SENT_CHARACTERS = 8_000;

/** The stored answers of one target to one canary: a text a usable sample, `''` where it refused or was cut off. */
export interface StoredAnswers {
  readonly target: string;
  readonly role: Role;
  readonly texts: readonly string[];
}

/** An opened drawn canary with what the panel answered. */
export interface ScoredCanary {
  readonly id: string;
  readonly use: 'evidence' | 'twin' | 'after-release';
  readonly candidates: readonly string[];
  readonly trueIndex: number;
  readonly answers: readonly StoredAnswers[];
}

/** Ranks the candidates of one canary against each answer, without the drawn one. */
export interface CanaryRanker {
  readonly id: string;
  /** Model that the endpoint named last; null without an endpoint. */
  readonly endpointModel: () => string | null;
  readonly rank: (
    canary: ScoredCanary,
    signal: AbortSignal,
  ) => Promise<ReadonlyMap<string, RankedAnswer>>;
}

const TEXT: Readonly<Record<string, (controls: readonly string[]) => TextScorer>> = {
  'exact-match-v1': () => exactScorer,
  'levenshtein-v1': () => levenshteinScorer,
  'token-1gram-f1-v1': () => tokenGramScorer(1),
  'token-2gram-f1-v1': () => tokenGramScorer(2),
  'chrf-v1': () => chrfScorer,
  'rouge-l-v1': () => rougeLScorer,
  'rare-1gram-v1': (controls) => rareGramScorer(controls, 1),
  'rare-2gram-v1': (controls) => rareGramScorer(controls, 2),
};

const isControl = (role: Role): boolean => role === 'control' || role === 'temporal-control';
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The floor of every scorer here: what an empty answer has for each candidate. */
const FLOOR = 0;

/** Scores one canary with a score a sample; the mean over the samples ranks. */
async function rankEach(
  canary: ScoredCanary,
  scoresOf: (text: string, answers: StoredAnswers, at: number) => Promise<Float64Array>,
): Promise<ReadonlyMap<string, RankedAnswer>> {
  const ranked = new Map<string, RankedAnswer>();
  for (const answers of canary.answers) {
    const scores: Float64Array[] = [];
    for (const [at, text] of answers.texts.entries())
      scores.push(
        text === ''
          ? new Float64Array(canary.candidates.length).fill(FLOOR)
          : await scoresOf(text, answers, at),
      );
    ranked.set(answers.target, rankAnswer(meanScores(scores), FLOOR));
  }
  return ranked;
}

function textRanker(id: string): CanaryRanker {
  const make = TEXT[id];
  if (!make) throw new AppError('BAD_INPUT', `There is no scorer ${id}.`);
  return {
    id,
    endpointModel: () => null,
    rank: (canary, signal) =>
      rankEach(canary, async (text, answers) => {
        // One answer at a time, so that a long list does not hold up everything else.
        await turn();
        signal.throwIfAborted();
        const controls = canary.answers
          .filter(({ role, target }) => isControl(role) && target !== answers.target)
          .flatMap(({ texts }) => texts);
        return make(controls).scores(text, canary.candidates);
      }),
  };
}

interface Endpoint {
  readonly session: Session;
  readonly transport: Transport;
  readonly target: TargetDraft;
}

/** Sends once and gives what came back; any failure ends the scoring with its code. No retry. */
async function asked(
  { session, transport, target }: Endpoint,
  request: OutboundRequest,
  signal: AbortSignal,
) {
  signal.throwIfAborted();
  const exchange = await openWay(session, target).send(transport, request, {
    timeoutMs: ENDPOINT_TIMEOUT_MS,
    reason: 'score',
    signal,
  });
  signal.throwIfAborted();
  const { response, error } = exchange;
  if (error || !response) throw broken(target.name, error?.code ?? 'CONNECTION_LOST');
  return { status: response.statusCode, headers: response.rawHeaders, body: response.body };
}

const broken = (target: string, code: string): AppError =>
  new AppError(
    'TARGET_UNREACHABLE',
    `The endpoint ${target} gave no usable answer (${code}). Test it with \`trapstreet target test ${target}\`, then start again.`,
  );

function embeddingRanker(endpoint: Endpoint): CanaryRanker {
  const { target } = endpoint;
  const embed = async (texts: readonly string[], signal: AbortSignal): Promise<number[][]> => {
    const vectors: number[][] = [];
    for (let at = 0; at < texts.length; at += EMBEDDING_BATCH) {
      const part = texts.slice(at, at + EMBEDDING_BATCH);
      const request = buildEmbeddings(target, { texts: part, keyName: target.key });
      const { status, headers, body } = await asked(endpoint, request, signal);
      if (status !== 200) throw broken(target.name, `HTTP status ${status}`);
      const decoded = decodeBody(headers, body);
      const reading = decoded.ok
        ? readEmbeddings({ headers, body: decoded.body }, part.length)
        : decoded;
      if (!reading.ok) throw broken(target.name, reading.code);
      for (const vector of reading.vectors) vectors.push([...vector]);
    }
    return vectors;
  };
  return {
    id: `embedding-cosine-v1 (${target.model})`,
    endpointModel: () => target.model,
    rank: async (canary, signal) => {
      const texts = distinctAnswers(canary);
      const vectors = await embed([...canary.candidates, ...texts], signal);
      const candidates = vectors.slice(0, canary.candidates.length);
      const of = new Map(texts.map((text, at) => [text, vectors[candidates.length + at] ?? []]));
      return rankEach(canary, async (text) =>
        cosineScores(of.get(text.slice(0, SENT_CHARACTERS)) ?? [], candidates),
      );
    },
  };
}

const distinctAnswers = (canary: ScoredCanary): string[] => [
  ...new Set(
    canary.answers.flatMap(({ texts }) =>
      texts.filter((text) => text !== '').map((text) => text.slice(0, SENT_CHARACTERS)),
    ),
  ),
];

/** The shuffled order of a list, from the seed and the canary: the same for every target (Fisher-Yates). */
function shuffledOrder(canary: ScoredCanary, seed: number): number[] {
  const name = [...canary.id].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) >>> 0, seed);
  const random = seededRandom(name);
  const order = canary.candidates.map((_, at) => at);
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
  }
  return order;
}

function judgeRanker(endpoint: Endpoint, seed: number): CanaryRanker {
  const { target } = endpoint;
  let model: string | null = null;
  return {
    id: `blind-judge-v1 (${target.model}, seed ${seed})`,
    endpointModel: () => model,
    rank: (canary, signal) => {
      const order = shuffledOrder(canary, seed);
      return rankEach(canary, async (text) => {
        const messages = judgeMessages(text.slice(0, SENT_CHARACTERS), canary.candidates, order);
        const request = buildRequest(target, {
          messages,
          parameters: target.parameters,
          keyName: target.key,
        });
        const response = await asked(endpoint, request, signal);
        const reading = readExchange({ response, error: null }, target);
        if (!reading.ok) throw broken(target.name, reading.code);
        model = reading.model ?? model;
        return judgeScores(order, readJudgement(reading.text, order.length));
      });
    },
  };
}

/** Requests that a scorer makes for these canaries. */
export function requestsOf(choice: ScorerChoice, canaries: readonly ScoredCanary[]): number {
  const sum = (of: (canary: ScoredCanary) => number): number =>
    canaries.reduce((total, canary) => total + of(canary), 0);
  if (choice.kind === 'text') return 0;
  if (choice.kind === 'judge')
    return sum(({ answers }) => answers.flatMap(({ texts }) => texts.filter(Boolean)).length);
  return sum((canary) =>
    Math.ceil((canary.candidates.length + distinctAnswers(canary).length) / EMBEDDING_BATCH),
  );
}

/** Errors: NOT_FOUND for a target that does not exist, CONFLICT for one of the wrong format. */
export function rankerOf(
  session: Session,
  transport: Transport,
  choice: ScorerChoice,
): CanaryRanker {
  if (choice.kind === 'text') return textRanker(choice.id);
  const target = scoringTarget(session, choice.target);
  const endpoint = { session, transport, target };
  if (choice.kind === 'judge') return judgeRanker(endpoint, choice.seed);
  if (target.format !== 'openai-chat')
    throw new AppError(
      'CONFLICT',
      `${target.name} has the format ${target.format}; embeddings are asked of a target of the format openai-chat, at /embeddings under its base URL.`,
    );
  return embeddingRanker(endpoint);
}

export function scoringTarget(session: Session, name: string): TargetDraft {
  const row = session.targets.get(name);
  if (!row?.active) throw new AppError('NOT_FOUND', `There is no target ${name}.`);
  return row.target;
}
