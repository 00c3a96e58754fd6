import type { SuspectEvaluation } from '../domain/evaluation.ts';
import type { Derived } from '../evidence/derive.ts';
import type { EvidenceDocument } from '../evidence/document.ts';
import { LEAD_THRESHOLD } from '../statistics/evaluation-label.ts';
import {
  formatAnytimeP,
  formatCount,
  formatE,
  formatInterval,
  formatP,
  formatPercent,
  formatPlural,
  typeset,
} from '../util/format.ts';
import { eChart } from './chart.ts';
import { type Html, html } from './html.ts';
import { sceneToSvg } from './svg.ts';
import { LABEL_MEANINGS, LABEL_WORDS } from './words.ts';

function resultRow(entry: SuspectEvaluation): Html {
  const interval = entry.fixed?.clopperPearson ?? entry.confidenceSequence;
  const label = entry.role === 'suspect' ? LABEL_WORDS[entry.label] : null;
  return html`<tr><th scope="row">${entry.target}</th><td>${entry.role}</td><td class="n">${formatCount(entry.hits)} / ${formatCount(entry.asked)}</td><td class="n">${formatCount(entry.notAdministered)}</td><td class="n">${entry.rate === null ? '–' : formatPercent(entry.rate)}</td><td class="n">${entry.asked === 0 ? '–' : formatInterval(interval)}</td><td class="n">${formatE(entry.logE)}</td><td class="n">${formatAnytimeP(entry.anytimeP)}</td><td>${label === null ? '–' : `${label.glyph} ${label.word}`}</td></tr>`;
}

/** The table of everybody in the panel, suspects first. */
function resultsTable(document: EvidenceDocument): Html {
  const { suspects, others } = document.evaluation;
  return html`<div class="table"><table><caption>Served canaries only: twins and canaries planted after the release enter no E and no rate. Intervals are 95 %: the confidence sequence, valid under early stopping, or Clopper-Pearson where the number of canaries was fixed beforehand.</caption><thead><tr><th scope="col">Target</th><th scope="col">Role</th><th scope="col" class="n">Hits / asked</th><th scope="col" class="n">Not administered</th><th scope="col" class="n">Rate</th><th scope="col" class="n">Interval</th><th scope="col" class="n">E</th><th scope="col" class="n">Anytime p</th><th scope="col">Label</th></tr></thead><tbody>${[...suspects, ...others].map(resultRow)}</tbody></table></div>`;
}

function effect(suspect: SuspectEvaluation): Html {
  const parts: Html[] = [];
  if (suspect.inheritance !== null) {
    const { rate, low, high } = suspect.inheritance;
    parts.push(
      html`<li>Inheritance rate (hits beyond chance): ${formatPercent(rate)}, interval ${formatInterval({ low, high })}.</li>`,
    );
  }
  if (suspect.fixed !== null) {
    parts.push(
      html`<li>Exact p with the number of canaries fixed beforehand: ${formatP(suspect.fixed.p)}.</li>`,
    );
  }
  parts.push(
    html`<li>Largest E on the way: ${formatE(suspect.maxLogE)}; with every canary that was not administered counted as a miss: ${formatE(suspect.maxLogEWorst)}.</li>`,
  );
  return html`<ul>${parts}</ul>`;
}

function leaveOneOut(suspect: SuspectEvaluation): Html {
  if (suspect.leaveOneOut.length === 0)
    return html`<p>No canary was hit, so there is no hit to leave out.</p>`;
  return html`<div class="table"><table><caption>Leave one hit out: E without the step of that canary.</caption><thead><tr><th scope="col">Canary left out</th><th scope="col" class="n">E without it</th></tr></thead><tbody>${suspect.leaveOneOut.map(
    ({ canaryId, logE }) =>
      html`<tr><th scope="row" class="mono">${canaryId}</th><td class="n">${formatE(logE)}</td></tr>`,
  )}</tbody></table></div>`;
}

function chartOf(document: EvidenceDocument, suspect: SuspectEvaluation, index: number): Html {
  const controls = document.evaluation.others.filter(
    ({ role }) => role === 'control' || role === 'temporal-control',
  );
  const scene = eChart({
    title: `Evidence E for ${suspect.target}`,
    steps: suspect.steps,
    controls: controls.map(({ steps }) => steps),
    thresholds: [
      {
        e: document.evaluation.threshold,
        label: `report-grade ${formatCount(document.evaluation.threshold)}`,
      },
      { e: LEAD_THRESHOLD, label: `lead ${LEAD_THRESHOLD}` },
    ],
    stoppedAt: suspect.stoppedAt,
    width: 860,
    height: 320,
  });
  return html`<figure>${sceneToSvg(scene, `chart-${index}`)}<figcaption class="lede">E after each canary, logarithmic. Dots are hits. The pale band holds all controls.</figcaption></figure>`;
}

function suspectSection(
  document: EvidenceDocument,
  suspect: SuspectEvaluation,
  index: number,
): Html {
  const { glyph, word } = LABEL_WORDS[suspect.label];
  const stop =
    suspect.stoppedAt === null
      ? 'The committed rule did not stop this suspect.'
      : `The committed rule stopped at canary ${formatCount(suspect.stoppedAt)}; what was asked later is not counted.`;
  return html`<h3>${suspect.target}: ${glyph} ${word}</h3><p>${LABEL_MEANINGS[suspect.label]} ${stop}</p>${chartOf(document, suspect, index)}<div class="table"><table><caption>Conditions, met or not.</caption><thead><tr><th scope="col">Met</th><th scope="col">Condition</th></tr></thead><tbody>${suspect.reasons.map(
    ({ met, text }) => html`<tr><td>${met ? '✓ yes' : '✗ no'}</td><td>${typeset(text)}</td></tr>`,
  )}</tbody></table></div>${effect(suspect)}${leaveOneOut(suspect)}`;
}

/** Results of tier A, suspect by suspect. */
export function resultsSection(document: EvidenceDocument): Html {
  return html`<h2 id="results">Results</h2>${resultsTable(document)}${document.evaluation.suspects.map(
    (suspect, index) => suspectSection(document, suspect, index),
  )}`;
}

/** Tier B under its own, humbler heading; nothing when the plan asked no found canary. */
export function tierBSection(document: EvidenceDocument): Html {
  const { tierB } = document;
  if (tierB === null) {
    return html`<h2 id="tier-b">Found canaries (tier B)</h2><p>The plan asked none. Nothing of this tier enters the findings above.</p>`;
  }
  return html`<h2 id="tier-b">Found canaries (tier B)</h2><p>Hand-made prompts with a known distinctive response. No random draw stands behind them, so no E is computed: each suspect is ranked among ${formatPlural(tierB.controls, 'control', 'controls')}, and p can’t be below ${formatP(tierB.floor)}. These lines are never merged with the results above.</p><div class="table"><table><thead><tr><th scope="col">Suspect</th><th scope="col" class="n">Hits / asked</th><th scope="col" class="n">Rank p</th><th scope="col" class="n">Ratio at most</th><th scope="col">Finding</th></tr></thead><tbody>${tierB.suspects.map(
    (suspect) =>
      html`<tr><th scope="row">${suspect.target}</th><td class="n">${formatCount(suspect.hits)} / ${formatCount(suspect.asked)}</td><td class="n">${formatP(suspect.p)}</td><td class="n">${formatCount(suspect.likelihoodRatioCap)}</td><td>${suspect.text}</td></tr>`,
  )}</tbody></table></div><p>Controls: ${tierB.controlHits.map((control) => `${control.target} ${control.hits}/${control.asked}`).join(', ')}.</p>`;
}

/** Samples that are not administered, with the reason of each: missing data are neither evidence nor hidden. */
export function excludedSection(derived: Derived): Html {
  const heading = html`<h2 id="excluded">Excluded samples</h2>`;
  const word =
    derived.transportOutcomes === 0
      ? null
      : html`<p>${formatPlural(derived.transportOutcomes, 'outcome rests', 'outcomes rest')} on the word of the laboratory’s transport (a timeout, a lost connection, an interruption): stored bytes can’t show them. Of these, ${formatCount(derived.readableAnyway)} have bytes that hold a readable answer all the same.</p>`;
  if (derived.excluded.length === 0) {
    return html`${heading}<p>None: every sample was administered.</p>${word}`;
  }
  return html`${heading}<p>These samples gave no readable answer and multiply E by 1. Report-grade must also hold with each of them counted as a miss.</p><div class="table"><table><thead><tr><th scope="col">Target</th><th scope="col">Canary</th><th scope="col" class="n">Sample</th><th scope="col">Reason</th><th scope="col" class="n">Attempts</th></tr></thead><tbody>${derived.excluded.map(
    (sample) =>
      html`<tr><th scope="row">${sample.target}</th><td class="mono">${sample.canaryId}</td><td class="n">${sample.k}</td><td>${sample.outcome}${sample.errorCode === null ? null : html` <span class="mono unit">${sample.errorCode}</span>`}</td><td class="n">${sample.attempts}</td></tr>`,
  )}</tbody></table></div>${word}`;
}
