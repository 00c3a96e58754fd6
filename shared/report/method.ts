import type { Derived } from '../evidence/derive.ts';
import type { EvidenceDocument } from '../evidence/document.ts';
import { readRegistration } from '../evidence/registration.ts';
import { formatCount, formatPlural, formatUtc } from '../util/format.ts';
import { visible } from '../util/visible.ts';
import { type Html, html } from './html.ts';
import { PARALLEL_REGISTRIES, ROLE_WORDS } from './words.ts';

/** The method in plain words; method.md in the bag says the same at more length. */
export function methodSection(document: EvidenceDocument, derived: Derived): Html {
  const { plan } = derived;
  const rule =
    plan.stop.rule === 'label'
      ? 'a suspect’s count ended at the first canary at which the sealed rule gave a label'
      : 'every planned canary was asked, their number being fixed beforehand';
  return html`<h2 id="method">Method in plain words</h2><p>A canary is a secret prompt. For a drawn canary the laboratory first fixed a list of possible responses and committed itself to it; which of them became the true one was then drawn by a keyed hash. Some drawn canaries were served in the laboratory’s own model’s answers; others, the twins, never were.</p><p>A model that never met these answers can’t know the draw. Whatever it was trained on, however it is set up, it names the drawn response of a list of N with a chance of exactly one in N for each candidate that it names. A model that learned from the served answers does better. That is the whole test.</p><p>The number E counts this canary by canary: a hit multiplies it, a miss lowers it a little, a failed request leaves it alone. If the second proposition holds, the chance that E ever reaches 1 000 is at most 1 in 1 000, however often one looks and whenever one stops. The prior over inheritance rates (1, 2, 5, 10, 20 and 50 %, equally weighted) was fixed with the method.</p><p>In this run ${rule}. Each canary was put to the whole panel, the answers were sealed by a hash, and only then was the drawn response opened and compared. ${plan.samples === 1 ? 'Each target was asked each canary once.' : `Each target was asked each canary ${plan.samples} times, and these samples count as one canary.`} ${plan.retry.attempts === 0 ? 'Nothing was asked again.' : `A failed request was repeated at most ${formatPlural(plan.retry.attempts, 'time', 'times')}, as the plan says.`} Report-grade needs an E of ${formatCount(document.evaluation.threshold)}, which is the number of declared suspects times 1 000.</p>`;
}

export function panelSection(document: EvidenceDocument): Html {
  const rows = document.panel.map(
    (target) =>
      html`<tr><th scope="row">${target.name}</th><td>${ROLE_WORDS[target.role]}</td><td>${visible(target.model)}</td><td class="mono">${visible(target.baseUrl)}</td><td class="mono">${visible(JSON.stringify(target.parameters))}${target.stream ? ' stream' : ''}</td><td>${target.released ?? 'not known'}</td></tr>`,
  );
  return html`<h2 id="panel">Panel</h2><div class="table"><table><caption>Everybody who was asked the same canaries, in the order of the plan.</caption><thead><tr><th scope="col">Target</th><th scope="col">Role</th><th scope="col">Model</th><th scope="col">Address</th><th scope="col">Parameters as sent</th><th scope="col">Released</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** Registries, what was asked of each, and what was not and why. */
export function registriesSection(document: EvidenceDocument): Html {
  const rows = document.registrations.map((registration, index) => {
    const number = index + 1;
    const record = readRegistration(registration.registration);
    const asked = document.canaries.filter((canary) => canary.registry === number);
    const drawn =
      registration.draw === null
        ? 'not drawn'
        : `${formatUtc(registration.draw.drawnUtc)}, ${registration.draw.beacon === null ? 'no beacon' : registration.draw.source}`;
    const reasons = Map.groupBy(
      document.undisclosed.filter((canary) => canary.registry === number),
      ({ reason }) => reason,
    );
    const notAsked =
      reasons.size === 0
        ? asked.length === 0
          ? 'not part of this plan'
          : 'none'
        : [...reasons].map(([reason, list]) => `${formatCount(list.length)} ${reason}`).join(', ');
    return html`<tr><th scope="row" class="n">${number}</th><td>${formatUtc(record.created_utc)}</td><td class="n">${formatCount(record.size)}</td><td>${visible(drawn)}</td><td class="n">${formatCount(asked.length)}</td><td>${notAsked}</td><td class="mono">${record.root.slice(0, 16)}…</td></tr>`;
  });
  return html`<h2 id="registries">Registries</h2><p>${PARALLEL_REGISTRIES}</p><div class="table"><table><thead><tr><th scope="col" class="n">Number</th><th scope="col">Committed</th><th scope="col" class="n">Canaries</th><th scope="col">Drawn</th><th scope="col" class="n">Asked</th><th scope="col">Not asked</th><th scope="col">Root</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
