import type { Derived } from '../evidence/derive.ts';
import type { EvidenceDocument, Registration } from '../evidence/document.ts';
import { readProtocol } from '../evidence/registration.ts';
import { VERBAL_SCALE, VERBAL_SCALE_ID } from '../statistics/verbal-scale.ts';
import { formatCount, formatE, formatPlural, formatUtc } from '../util/format.ts';
import { visible } from '../util/visible.ts';
import { type Html, html } from './html.ts';
import {
  EXPLANATION_WORDS,
  findingSentence,
  HONEST_LIMIT,
  LABEL_WORDS,
  lateBeaconSentence,
  NO_TIMESTAMP,
  NOT_MEASURED,
  NUMBER_MEANING,
  noBeaconSentence,
  PROPOSITION_1,
  PROPOSITION_2,
} from './words.ts';

function usedRegistries(
  document: EvidenceDocument,
  test: (registration: Registration) => boolean,
): string | null {
  const used = new Set(document.canaries.map(({ registry }) => registry));
  const numbers = [...used]
    .filter((number) => {
      const registration = document.registrations[number - 1];
      return registration !== undefined && test(registration);
    })
    .sort((a, b) => a - b);
  if (numbers.length === 0) return null;
  return `${numbers.length === 1 ? 'registry' : 'registries'} ${numbers.join(', ')}`;
}

/** One sentence for registries without a beacon, one for beacons that nobody announced. */
function beaconLimits(document: EvidenceDocument): Html[] {
  const without = usedRegistries(document, ({ draw }) => draw?.beacon === null);
  const late = usedRegistries(
    document,
    ({ draw, protocol }) =>
      typeof draw?.beacon === 'string' && readProtocol(protocol).beacon === null,
  );
  return [
    ...(without === null ? [] : [html`<li>${noBeaconSentence(without)}</li>`]),
    ...(late === null ? [] : [html`<li>${lateBeaconSentence(late)}</li>`]),
  ];
}

function findings(document: EvidenceDocument): readonly Html[] {
  return document.evaluation.suspects.map((suspect) => {
    const { glyph, word } = LABEL_WORDS[suspect.label];
    const explained =
      suspect.explanation === 'none'
        ? null
        : html`<p>What the negative controls leave: ${EXPLANATION_WORDS[suspect.explanation]}.</p>`;
    return html`<div class="finding ${suspect.label}"><h3><span class="glyph" aria-hidden="true">${glyph}</span>${suspect.target}: <span class="label">${word}</span></h3><p>${findingSentence(suspect)}</p>${explained}</div>`;
  });
}

function identity(document: EvidenceDocument, fingerprint: string): Html {
  const { tool, run } = document;
  return html`<dl class="facts"><dt>Report</dt><dd class="mono">${document.reportId}</dd><dt>Case</dt><dd>${visible(document.case.title)} <span class="mono unit">${visible(document.case.id)}</span></dd><dt>Laboratory</dt><dd>${visible(document.lab)}</dd><dt>Analyst</dt><dd>${visible(document.analyst)}</dd><dt>Written</dt><dd>${formatUtc(document.createdUtc)}</dd><dt>Run</dt><dd><span class="mono">${visible(run.id)}</span>, ${formatUtc(run.startedUtc)} to ${run.endedUtc === null ? 'still open' : formatUtc(run.endedUtc)}</dd><dt>Tool</dt><dd>${visible(tool.name)} ${visible(tool.version)} <span class="unit">(${visible(tool.runtime)})</span></dd><dt>Method</dt><dd>${document.evaluation.method}, scale <span class="mono">${VERBAL_SCALE.name}/${VERBAL_SCALE.version}</span></dd><dt>Signing key</dt><dd class="mono">${fingerprint}</dd></dl>`;
}

/** What the reader must not take the findings for, on the first page. */
function limits(document: EvidenceDocument): Html {
  return html`<div class="note"><h3>What this does not say</h3><ul><li>${NUMBER_MEANING}</li><li>${NOT_MEASURED}</li>${beaconLimits(document)}<li>${NO_TIMESTAMP}</li><li>${HONEST_LIMIT}</li>${document.limits.map((limit) => html`<li>${visible(limit)}</li>`)}</ul></div>`;
}

/** First page: question, propositions, findings, what they do not say, who and when. */
export function firstPage(document: EvidenceDocument, derived: Derived, fingerprint: string): Html {
  const question = derived.plan.question.trim();
  const suspects = formatPlural(document.evaluation.suspects.length, 'suspect', 'suspects');
  return html`<section class="first" aria-labelledby="top"><h1 id="top">Comparison report</h1><p class="lede">${visible(derived.plan.name)}: ${suspects}, ${formatPlural(document.canaries.length, 'canary', 'canaries')} asked, ${formatPlural(document.attempts.length, 'request', 'requests')} recorded.</p><h2>The question</h2><p>${question === '' ? 'The sealed plan states no question in words; it compares its suspects with the laboratory’s registered canaries.' : visible(question)}</p><p>Two propositions are compared, for each suspect by itself:</p><ol><li>${PROPOSITION_1};</li><li>${PROPOSITION_2}, whatever else it was trained on.</li></ol><h2>Findings</h2>${findings(document)}${limits(document)}<h2>Who and when</h2>${identity(document, fingerprint)}</section>`;
}

/** The whole verbal scale, with its id: sources disagree about these words. */
export function scaleTable(): Html {
  const bands = VERBAL_SCALE.bands.map((band, index) => {
    const from = VERBAL_SCALE.bands[index - 1]?.upTo;
    const range =
      band.upTo === null
        ? `above ${formatCount(from ?? 0)}`
        : from === undefined || from === null
          ? `${formatCount(band.upTo)} or less`
          : `above ${formatCount(from)}, up to ${formatCount(band.upTo)}`;
    return html`<tr><td class="n">${range}</td><td>${band.words}</td></tr>`;
  });
  return html`<div class="table"><table><caption>Verbal scale ${VERBAL_SCALE.name}/${VERBAL_SCALE.version}, SHA-256 <span class="mono">${VERBAL_SCALE_ID}</span>, ${VERBAL_SCALE.source}.</caption><thead><tr><th class="n" scope="col">Ratio</th><th scope="col">Support</th></tr></thead><tbody>${bands}</tbody></table></div><p>From ${formatCount(VERBAL_SCALE.cap)} on, a ratio is printed as “${formatE(Math.log(VERBAL_SCALE.cap))}”: beyond it a leak, a fault or fraud outweighs chance, so “extremely strong” is not issued.</p>`;
}
