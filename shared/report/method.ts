import { readRegistration } from '../evidence/registration.ts';
import { formatCount, formatPlural, formatUtc } from '../util/format.ts';
import { visible } from '../util/visible.ts';
import { type Block, mono, text } from './blocks.ts';
import type { ReportFacts } from './facts.ts';
import { identityBlocks } from './identity.ts';
import { PARALLEL_REGISTRIES, ROLE_WORDS } from './words.ts';

/** The method in plain words; method.md in the bag says the same at more length. */
export function methodSection({ head, plan }: ReportFacts): readonly Block[] {
  const rule =
    plan.stop.rule === 'label'
      ? 'a suspect’s count ended at the first canary at which the sealed rule gave a label'
      : 'every planned canary was asked, their number being fixed beforehand';
  const samples =
    plan.samples === 1
      ? 'Each target was asked each canary once.'
      : `Each target was asked each canary ${plan.samples} times, and these samples count as one canary.`;
  const retries =
    plan.retry.attempts === 0
      ? 'Nothing was asked again.'
      : `A failed request was repeated at most ${formatPlural(plan.retry.attempts, 'time', 'times')}, as the plan says.`;
  return [
    text(
      'A canary is a secret prompt. For a drawn canary the laboratory first fixed a list of possible responses and committed itself to it; which of them became the true one was then drawn by a keyed hash. Some drawn canaries were served in the laboratory’s own model’s answers; others, the twins, never were.',
    ),
    text(
      'A model that never met these answers can’t know the draw. Whatever it was trained on, however it is set up, it names the drawn response of a list of N with a chance of exactly one in N for each candidate that it names. A model that learned from the served answers does better. That is the whole test.',
    ),
    text(
      'The number E counts this canary by canary: a hit multiplies it, a miss lowers it a little, a failed request leaves it alone. If the second proposition holds, the chance that E ever reaches 1 000 is at most 1 in 1 000, however often one looks and whenever one stops. The prior over inheritance rates (1, 2, 5, 10, 20 and 50 %, equally weighted) was fixed with the method.',
    ),
    text(
      `In this run ${rule}. Each canary was put to the whole panel, the answers were sealed by a hash, and only then was the drawn response opened and compared. ${samples} ${retries} Report-grade needs an E of ${formatCount(head.evaluation.threshold)}, which is the number of declared suspects times 1 000.`,
    ),
  ];
}

export function panelSection({ panel, identities }: ReportFacts): readonly Block[] {
  return [
    {
      kind: 'table',
      caption: 'Everybody who was asked the same canaries, in the order of the plan.',
      columns: [
        { title: 'Target' },
        { title: 'Role' },
        { title: 'Model' },
        { title: 'Address' },
        { title: 'Parameters as sent' },
        { title: 'Released' },
      ],
      rows: panel.map((target) => [
        target.name,
        ROLE_WORDS[target.role],
        visible(target.model),
        target.address === null ? 'withheld' : [mono(visible(target.address))],
        target.parameters === null ? 'withheld' : [mono(visible(target.parameters))],
        target.released ?? 'not known',
      ]),
    },
    ...identityBlocks(identities),
  ];
}

/** Registries, what was asked of each, and what was not and why. */
export function registriesSection({ head, canaries }: ReportFacts): readonly Block[] {
  const rows = head.registrations.map((registration, index) => {
    const number = index + 1;
    const record = readRegistration(registration.registration);
    const asked = canaries.filter((canary) => canary.registry === number);
    const drawn =
      registration.draw === null
        ? 'not drawn'
        : `${formatUtc(registration.draw.drawnUtc)}, ${registration.draw.beacon === null ? 'no beacon' : registration.draw.source}`;
    const reasons = Map.groupBy(
      head.undisclosed.filter((canary) => canary.registry === number),
      ({ reason }) => reason,
    );
    const notAsked =
      reasons.size === 0
        ? asked.length === 0
          ? 'not part of this plan'
          : 'none'
        : [...reasons].map(([reason, list]) => `${formatCount(list.length)} ${reason}`).join(', ');
    return [
      String(number),
      formatUtc(record.created_utc),
      formatCount(record.size),
      visible(drawn),
      formatCount(asked.length),
      notAsked,
      [mono(`${record.root.slice(0, 16)}…`)],
    ];
  });
  return [
    text(PARALLEL_REGISTRIES),
    {
      kind: 'table',
      columns: [
        { title: 'Number', numeric: true },
        { title: 'Committed' },
        { title: 'Canaries', numeric: true },
        { title: 'Drawn' },
        { title: 'Asked', numeric: true },
        { title: 'Not asked' },
        { title: 'Root' },
      ],
      rows,
    },
  ];
}
