import { EXIT } from '../exit.ts';
import { findAudit } from '../ids.ts';
import { laneSpend, progressLine } from '../progress.ts';
import { defineVerb } from '../verb.ts';

export const auditStatus = defineVerb({
  name: 'audit status',
  summary: 'State and progress of an audit',
  arguments: [['<audit>', 'id of the audit, its beginning, or last']],
  examples: ['audit status last'],
  run: async ({ out, session }, _options, [wanted = '']) => {
    const client = await session.open();
    const { auditId } = await findAudit(client, wanted);
    const status = await client.call('audit.get', { auditId });
    out.result(status, () => {
      out.facts([
        ['audit', status.audit.auditId],
        ['name', status.audit.name],
        ['state', status.audit.state],
        ['started', status.audit.startedUtc],
        ['ended', status.audit.endedUtc ?? '–'],
        ['progress', progressLine(status)],
      ]);
      if (status.message !== null) out.line(status.message);
      if (status.recovery)
        out.line(
          `Kept ${status.recovery.kept} answers; ${status.recovery.interrupted} attempts were interrupted; ${status.recovery.remaining} samples remain.`,
        );
      out.line();
      out.table(
        [
          'target',
          'role',
          'host',
          'answered',
          'failed',
          'planned',
          'exposures',
          'spent',
          'waiting',
        ],
        status.lanes.map((lane) => [
          lane.target,
          lane.role,
          lane.host,
          String(lane.answered),
          String(lane.failed),
          String(lane.planned),
          lane.capExposures === null
            ? String(lane.exposures)
            : `${lane.exposures}/${lane.capExposures}`,
          laneSpend(lane),
          lane.waiting ?? (lane.stopped ? 'stopped: its label is reached' : '–'),
        ]),
      );
      for (const lane of status.lanes.filter(({ segments }) => segments.length > 0)) {
        out.line();
        out.heading(`${lane.target}: ${lane.segmentCount} segments, never added up`);
        out.table(
          ['segment', 'since', 'model', 'fingerprint', 'upstream', 'changed', 'hits/asked'],
          lane.segments.map((segment) => [
            String(segment.number),
            segment.startedUtc,
            segment.model ?? '–',
            segment.fingerprint ?? '–',
            [segment.upstream, segment.region].filter((part) => part !== null).join(' ') || '–',
            segment.changed.join(', ') || '–',
            `${segment.hits}/${segment.asked}`,
          ]),
        );
      }
      for (const warning of status.warnings) out.note(`warning: ${warning}`);
    });
    return EXIT.done;
  },
});
