import type { Explanation, Label, SuspectEvaluation } from '../domain/evaluation.ts';
import type { Role } from '../domain/target.ts';
import type { Profile } from '../evidence/document.ts';
import { formatE, formatPlural, typeset } from '../util/format.ts';

/** Label as glyph and word: never colour alone. */
export const LABEL_WORDS: Readonly<
  Record<Label, { readonly glyph: string; readonly word: string }>
> = {
  'report-grade': { glyph: '◆', word: 'report-grade' },
  lead: { glyph: '◇', word: 'lead' },
  none: { glyph: '○', word: 'none' },
  futility: { glyph: '□', word: 'futility' },
  undetermined: { glyph: '?', word: 'undetermined' },
};

export const LABEL_MEANINGS: Readonly<Record<Label, string>> = {
  'report-grade':
    'E reached the sealed threshold, at least three different canaries were hit, no single hit carries the result, and the control and twin checks pass.',
  lead: 'E is at least 20, and not every condition of report-grade is met. A reason to look further, not a finding.',
  none: 'All planned canaries were asked and E stayed below 20.',
  futility: 'Asking on was not worth the canaries: the run ended without evidence.',
  undetermined:
    'The data do not allow a finding. This is a result, and it is not evidence for either proposition.',
};

export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  suspect: 'suspect',
  control: 'control, presumed innocent',
  'temporal-control': 'temporal control, released before the planting',
  'known-positive': 'known positive, our own distilled student',
  reference: 'reference, our own model',
};

export const EXPLANATION_WORDS: Readonly<Record<Explanation, string>> = {
  T: 'trained on our served outputs, or on public data that held them (T, or P)',
  P: 'trained on public third-party data that held our outputs (P)',
  L: 'a live relay to our model (L)',
  R: 'a leak of the registry (R)',
  F: 'an error or fraud on our side (F)',
  none: 'none is called for',
};

export const PROFILE_WORDS: Readonly<Record<Profile, string>> = {
  internal: 'internal: everything is disclosed',
  counsel: 'counsel: everything about this run; custody lines of other matters are withheld',
  public:
    'public: no prompt, candidate, answer, exchange or address; what rests on them cannot be checked from this edition',
};

export const CHECKING =
  'This page is one file of a signed bag. The bag holds the commitments, the sealed plan, the custody log, the signature and, unless its profile withholds them, the requests and responses byte for byte and the drawing keys of the canaries that were asked. VERIFY.md in the bag lists commands for sha256sum, openssl and ssh-keygen that need none of our software; verify.html is an offline page that does the same in a browser; the program’s own verifier reads every answer again from its bytes and computes every number anew, this page included. The public key’s fingerprint must reach the reader by another way than the bag.';

export const PROPOSITION_1 =
  'information about the laboratory’s random draws reached the model by some path';
export const PROPOSITION_2 = 'the model is independent of the laboratory’s random draws';

/** E at or below this gets no words for either proposition (METHOD 5.3, the first band of the scale). */
const NO_SUPPORT = Math.log(2) + 1e-12;

/** The finding for one suspect, in one or two sentences that can be read aloud. */
export function findingSentence(suspect: SuspectEvaluation): string {
  const counted = `${formatPlural(suspect.hits, 'hit', 'hits')} on ${formatPlural(suspect.asked, 'canary', 'canaries')}`;
  if (suspect.label === 'undetermined') {
    return `Undetermined: ${typeset(suspect.reasons.at(-1)?.text ?? 'the data do not allow a finding.')} (${counted}.)`;
  }
  if (suspect.logE <= NO_SUPPORT) {
    return `The findings (${counted}) give no meaningful support for either proposition: E = ${formatE(suspect.logE)}.`;
  }
  return `The findings (${counted}) are ${formatE(suspect.logE)} times more probable if ${PROPOSITION_1} than if ${PROPOSITION_2}, under the committed prior: ${suspect.verbal} support for the first proposition.`;
}

/** "times more probable" needs a reading aid: what the number is and is not. */
export const NUMBER_MEANING =
  'The number is a likelihood ratio: how much better the first proposition predicts these findings than the second. It is not the probability that a model was distilled, and no such probability is stated anywhere in this report.';

export const HONEST_LIMIT =
  'A signature proves who asserted this report and that it has not changed since; a time stamp, that it existed then. Neither proves that the remote servers sent these bytes: the encryption of the connection gives no proof to third parties. What raises the cost of doubt is a second custodian who repeats the run from another network with another key, the provider’s own request ids and dates in the transcripts, and the registration and the plan, which were fixed before the first request.';

export const NOT_MEASURED =
  'The tests do not measure intent, breach of contract or infringement of copyright.';

export const PARALLEL_REGISTRIES =
  'A laboratory could keep further registries and show only this one. The registrations are numbered and each names the one before it, so a gap shows; a second numbered series, kept in secret, would not.';

export function noBeaconSentence(registries: string): string {
  return `No public beacon was used for ${registries}: thirty-two zero bytes stood in its place. The laboratory itself could therefore have tried many secret keys before it committed and kept one whose draws suited it. The cost is small: with 256 candidate responses, keys that make three of ten given guesses right are found after about 1.4 × 10⁵ tries, and with 1024 candidates three of twenty after about 9.5 × 10⁵, which takes seconds to minutes on one computer. Against this possibility the number E offers no protection; a report drawn with a public beacon does.`;
}

export function lateBeaconSentence(registries: string): string {
  return `The beacon value used for ${registries} was not announced in the registration. A laboratory that may choose among many published values after it committed can try them in turn, so this protects less than a round named beforehand.`;
}
