import { isDocumented } from './panel.ts';
import { bootstrapInterval, type SimilarityScores } from './score.ts';

/** With n controls an unrelated model is the closest by luck one time in n + 1: fewer than this is no ground for a verdict. */
const MIN_CONTROLS = 5;
/** Intervals of a bootstrap are not to be trusted with less. */
const MIN_PROMPTS_FOR_VERDICT = 20;

export interface Candidate {
  readonly model: number;
  readonly score: number;
  readonly low: number;
  readonly high: number;
  readonly closeness: number;
  readonly isDocumented: boolean;
  /** Controls of other laboratories that are as close to this reference as the suspect is, of how many. */
  readonly controlsAbove: number;
  readonly controls: number;
  readonly prompts: number;
  readonly judges: number;
}

export interface DecoyMargin {
  /** The reference of another laboratory that comes closest. */
  readonly rival: number;
  readonly margin: number;
  readonly low: number;
  readonly high: number;
}

export type TeacherVerdict = 'stands-out' | 'none' | 'too-little';

export interface TeacherRanking {
  readonly suspect: number;
  /** Best first. */
  readonly candidates: readonly Candidate[];
  /** Of the first candidate; null without a reference of another laboratory. */
  readonly decoy: DecoyMargin | null;
  readonly verdict: TeacherVerdict;
}

function candidateOf(scores: SimilarityScores, reference: number, suspect: number): Candidate[] {
  const pair = scores.pair(reference, suspect);
  if (!pair) return [];
  const { labs, controls } = scores.panel;
  const own = [labs[reference], labs[suspect]];
  const rows = controls
    .filter(({ lab }) => !own.includes(lab))
    .flatMap(({ members }) => members)
    .flatMap((member) => scores.pair(reference, member) ?? []);
  return [
    {
      model: reference,
      score: pair.score,
      low: pair.low,
      high: pair.high,
      closeness: pair.closeness,
      isDocumented: isDocumented(scores.panel, reference),
      controlsAbove: rows.filter(({ closeness }) => closeness >= pair.closeness).length,
      controls: rows.length,
      prompts: pair.prompts,
      judges: pair.judges,
    },
  ];
}

/** The first candidate's lead over all references of other laboratories, whose closeness is taken as it is. */
function decoyMargin(
  scores: SimilarityScores,
  suspect: number,
  best: Candidate,
  others: readonly Candidate[],
): DecoyMargin | null {
  const { labs } = scores.panel;
  const rivals = others.filter(
    ({ model, judges }) => labs[model] !== labs[best.model] && judges > 0,
  );
  const first = rivals[0];
  if (!first) return null;
  const rival = rivals.reduce((a, b) => (b.closeness > a.closeness ? b : a), first);
  const strongest = rivals
    .map(({ model }) => scores.closeness(model, suspect))
    .reduce((a, b) =>
      a.map((value, at) =>
        Number.isNaN(value) ? (b[at] ?? value) : Math.max(value, b[at] ?? value),
      ),
    );
  const lead = scores
    .replicates(best.model, suspect)
    .map((value, at) => value - (strongest[at] ?? Number.NaN));
  return { rival: rival.model, margin: lead[0] ?? 0, ...bootstrapInterval(lead) };
}

/**
 * Ranks the references as teachers of one suspect. One stands out when its lead over every reference of other
 * laboratories is above 0 with its interval, and no control of another laboratory is as close to it as the suspect is.
 */
export function rankTeachers(scores: SimilarityScores, suspect: number): TeacherRanking {
  const candidates = scores.panel.models
    .flatMap(({ isReference }, model) =>
      isReference && model !== suspect ? candidateOf(scores, model, suspect) : [],
    )
    .sort((a, b) => b.score - a.score || a.model - b.model);
  const [best, ...others] = candidates;
  const decoy = best ? decoyMargin(scores, suspect, best, others) : null;
  const isEnough =
    best !== undefined &&
    decoy !== null &&
    best.judges >= 2 &&
    best.controls >= MIN_CONTROLS &&
    best.prompts >= MIN_PROMPTS_FOR_VERDICT;
  const standsOut = isEnough && best.low > 0 && decoy.low > 0 && best.controlsAbove === 0;
  return {
    suspect,
    candidates,
    decoy,
    verdict: !isEnough ? 'too-little' : standsOut ? 'stands-out' : 'none',
  };
}
