import type { CountedSegment, TargetIdentity } from '../evidence/segments.ts';
import { formatCount } from '../util/format.ts';
import { visible } from '../util/visible.ts';
import { type Block, heading, strong, text } from './blocks.ts';

/** Segments of one target that are printed; a server can make as many as it gives answers. */
const PRINTED = 20;

const said = ({ identity }: CountedSegment): string => {
  const parts = [identity.model, identity.fingerprint, identity.upstream, identity.region];
  const known = parts.filter((part) => part !== null).map(visible);
  return known.length === 0 ? 'says nothing of itself' : known.join(', ');
};

/** Whether every target stayed the one it was; the counts of its segments are never added up here. */
export function identityBlocks(identities: readonly TargetIdentity[] | null): readonly Block[] {
  const title = heading(3, 'Who answered');
  if (identities === null)
    return [
      title,
      text(
        'This edition withholds the answers, and with them what each target says of itself. The custody log tells a change (target.identity-changed).',
      ),
    ];
  const changed = identities.filter(({ segments }) => segments.length > 1);
  const degenerate = identities.filter((identity) => identity.degenerate);
  return [
    title,
    changed.length === 0
      ? text(
          'No target changed, during this run, what it says of itself: model, fingerprint, provider and region as its answers name them. That is its own word.',
        )
      : {
          kind: 'table',
          caption: [
            strong('A target changed its identity during the run. '),
            'Its answers may come from different models. The evaluation is the one of the sealed plan, over all answers; below, each stretch by itself.',
          ],
          columns: [
            { title: 'Target' },
            { title: 'Stretch', numeric: true },
            { title: 'Says of itself' },
            { title: 'Differs in' },
            { title: 'Canaries', numeric: true },
            { title: 'Hits', numeric: true },
          ],
          rows: changed.flatMap(({ target, segments }) =>
            segments
              .slice(0, PRINTED)
              .map((segment) => [
                target,
                `${segment.number} of ${formatCount(segments.length)}`,
                said(segment),
                segment.changed.join(', '),
                formatCount(segment.asked),
                formatCount(segment.hits),
              ]),
          ),
        },
    ...degenerate.map(({ target }) =>
      text([
        strong(`${target} gave the same answer to whatever it was asked. `),
        'Such an endpoint is not tested by its answers: its misses say nothing about its model.',
      ]),
    ),
  ];
}
