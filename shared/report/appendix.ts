import type { CanaryRecord } from '../domain/canary.ts';
import type { Derived, DerivedCanary } from '../evidence/derive.ts';
import type { EvidenceDocument } from '../evidence/document.ts';
import { formatCount } from '../util/format.ts';
import { clip, visible } from '../util/visible.ts';
import { type Html, html } from './html.ts';

const PROMPT_LIMIT = 2_000;
const ANSWER_LIMIT = 300;
const EXPECTED_LIMIT = 500;

/** Untrusted text: hidden characters shown, long text clipped with a note, markup escaped by `html`. */
function untrusted(text: string, limit: number): Html {
  const { text: shown, leftOut } = clip(text, limit);
  const note =
    leftOut === 0
      ? null
      : html` <span class="unit">[${formatCount(leftOut)} more characters, complete in data/transcripts.jsonl]</span>`;
  return html`${visible(shown)}${note}`;
}

function namesOf(record: CanaryRecord, indices: readonly number[]): Html {
  if (indices.length === 0) return html`nothing`;
  const list = record.kind === 'found' ? record.expected : record.responses;
  return html`${indices.map(
    (index, place) =>
      html`${place === 0 ? '' : ', '}${untrusted(list[index] ?? '', EXPECTED_LIMIT)}`,
  )}`;
}

function foundCell(canary: DerivedCanary, target: string): Html {
  const answer = canary.answers[target];
  if (answer === undefined) return html`<span class="unit">not asked</span>`;
  if (answer.status === 'not-administered') return html`<span class="unit">not administered</span>`;
  const hit =
    canary.trueIndex === null ? answer.found.length > 0 : answer.found.includes(canary.trueIndex);
  const mark = hit ? html`<span class="hitmark">● hit</span> ` : html`<span class="unit">○</span> `;
  return html`${mark}${namesOf(canary.record, answer.found)}`;
}

function answersCell(canary: DerivedCanary, target: string): Html {
  const own = canary.attempts.filter(({ attempt }) => attempt.target === target);
  return html`${own.map(({ attempt, reading }) => {
    const which = own.length === 1 ? '' : `${attempt.k}.${attempt.number} `;
    return html`<div><span class="unit">${which}${reading.outcome}${reading.errorCode === null ? '' : ` ${reading.errorCode}`}</span> ${reading.text === null ? null : untrusted(reading.text, ANSWER_LIMIT)}</div>`;
  })}`;
}

function expected(canary: DerivedCanary): Html {
  const { record, trueIndex } = canary;
  if (trueIndex === null) {
    return html`<p>Expected, any of: ${namesOf(
      record,
      record.expected.map((_, index) => index),
    )}</p>`;
  }
  return html`<p>Drawn: <strong>${untrusted(record.responses[trueIndex] ?? '', EXPECTED_LIMIT)}</strong> <span class="unit">(number ${formatCount(trueIndex + 1)} of ${formatCount(record.responses.length)})</span></p>`;
}

function canarySection(canary: DerivedCanary, place: number, targets: readonly string[]): Html {
  const { record, disclosed } = canary;
  return html`<section class="canary"><h3>${place}. <span class="mono">${record.id}</span> <span class="unit">registry ${disclosed.registry}, leaf ${disclosed.leafIndex}, ${disclosed.use}${canary.opened ? '' : ', never opened: counts for nothing'}</span></h3>${record.messages.map(
    ({ role, content }) => html`<pre>${role}: ${untrusted(content, PROMPT_LIMIT)}</pre>`,
  )}${expected(canary)}<div class="table"><table><thead><tr><th scope="col">Target</th><th scope="col">Found</th><th scope="col">Answer</th></tr></thead><tbody>${targets.map(
    (target) =>
      html`<tr><th scope="row">${target}</th><td>${foundCell(canary, target)}</td><td>${answersCell(canary, target)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

/** Every administered canary: the prompt, what was expected, and what each target answered. */
export function appendix(document: EvidenceDocument, derived: Derived): Html {
  const targets = document.panel.map(({ name }) => name);
  return html`<h2 id="appendix">Appendix: every canary that was asked</h2><p>In the order of asking. Answers and prompts are shown as text: a character that would hide or reorder text appears as ⟦U+202E⟧. “Found” is what the scorer found in the final answers without knowing the draw.</p>${derived.canaries.map(
    (canary, index) => canarySection(canary, index + 1, targets),
  )}`;
}
