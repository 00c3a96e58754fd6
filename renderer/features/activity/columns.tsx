import { formatBytes, formatDuration, formatUtcShort } from '../../ui/format.ts';
import { Glyph } from '../../ui/glyph.tsx';
import type { GridColumn } from '../../ui/virtual-grid.tsx';
import { type Connection, outcomeOf, REASON } from './words.ts';

const NONE = <span className="text-ink-3">–</span>;

export const COLUMNS: readonly GridColumn<Connection>[] = [
  {
    key: 'at',
    title: 'At (UTC)',
    track: '136px',
    cell: (one) => <span className="text-12 tabular-nums">{formatUtcShort(one.at)}</span>,
  },
  { key: 'reason', title: 'Reason', track: '60px', cell: (one) => REASON[one.reason] },
  {
    key: 'host',
    title: 'Host',
    track: 'minmax(96px, 1.8fr)',
    cell: (one) => <span title={one.host}>{one.host}</span>,
  },
  {
    key: 'address',
    title: 'Address',
    track: 'minmax(72px, 1fr)',
    cell: (one) => (one.address ? <span title={one.address}>{one.address}</span> : NONE),
  },
  {
    key: 'proxy',
    title: 'Proxy',
    track: 'minmax(40px, 1fr)',
    cell: (one) => (one.proxy ? <span title={one.proxy}>{one.proxy}</span> : NONE),
  },
  {
    key: 'out',
    title: 'Out',
    track: '56px',
    align: 'right',
    cell: (one) => formatBytes(one.bytesOut),
  },
  {
    key: 'in',
    title: 'In',
    track: '56px',
    align: 'right',
    cell: (one) => formatBytes(one.bytesIn),
  },
  {
    key: 'took',
    title: 'Took',
    track: '60px',
    align: 'right',
    cell: (one) => formatDuration(one.durationMs),
  },
  {
    key: 'outcome',
    title: 'Outcome',
    track: 'minmax(90px, 1.6fr)',
    cell: (one) => {
      const { glyph, word } = outcomeOf(one.code);
      return (
        <span className="flex items-center gap-1.5" title={word}>
          <Glyph name={glyph} />
          <span className="truncate">{word}</span>
        </span>
      );
    },
  },
];
