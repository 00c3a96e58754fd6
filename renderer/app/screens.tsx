import {
  Activity,
  Bird,
  FileText,
  FlaskConical,
  type LucideIcon,
  Server,
  Settings,
} from 'lucide-react';
import { ConnectionsScreen } from '../features/activity/connections-screen.tsx';
import { HostsScreen } from '../features/activity/hosts-screen.tsx';
import { AuditsScreen } from '../features/audits/audits-screen.tsx';
import { PlanEditor } from '../features/audits/plan-editor.tsx';
import { RunScreen } from '../features/audits/run-screen.tsx';
import { CanariesScreen } from '../features/canaries/canaries-screen.tsx';
import { CustodyScreen } from '../features/custody/custody-screen.tsx';
import { EvidenceScreen } from '../features/evidence/evidence-screen.tsx';
import { SampleScreen } from '../features/evidence/sample-screen.tsx';
import { ReportsScreen } from '../features/reports/reports-screen.tsx';
import { SettingsScreen } from '../features/settings/settings-screen.tsx';
import { TargetsScreen } from '../features/targets/targets-screen.tsx';
import { href } from '../state/route.ts';
import { Empty } from '../ui/page.tsx';

export const PLACES: readonly {
  readonly id: string;
  readonly label: string;
  readonly Icon: LucideIcon;
  readonly key: string;
}[] = [
  { id: 'canaries', label: 'Canaries', Icon: Bird, key: 'c' },
  { id: 'targets', label: 'Targets', Icon: Server, key: 't' },
  { id: 'audits', label: 'Audits', Icon: FlaskConical, key: 'a' },
  { id: 'reports', label: 'Reports', Icon: FileText, key: 'r' },
  { id: 'activity', label: 'Activity', Icon: Activity, key: 'l' },
  { id: 'settings', label: 'Settings', Icon: Settings, key: 's' },
];

export function Screen({ route }: { route: readonly string[] }) {
  const [place = 'canaries', second, third, fourth, fifth] = route;
  switch (place) {
    case 'canaries':
      return <CanariesScreen tab={second ?? 'list'} selected={third ?? null} />;
    case 'targets':
      return <TargetsScreen selected={second ?? null} tab={third ?? ''} />;
    case 'audits':
      if (second === undefined) return <AuditsScreen />;
      if (second === 'new') return <PlanEditor />;
      if (third === 'evidence') return <EvidenceScreen auditId={second} target={fourth ?? null} />;
      if (third === 'sample' && fourth !== undefined && fifth !== undefined)
        return <SampleScreen auditId={second} target={fourth} canaryId={fifth} />;
      return <RunScreen auditId={second} />;
    case 'reports':
      return <ReportsScreen auditId={second ?? null} />;
    case 'activity':
      if (second === 'custody') return <CustodyScreen />;
      return second === 'hosts' ? <HostsScreen /> : <ConnectionsScreen />;
    case 'settings':
      return <SettingsScreen />;
    default:
      return (
        <Empty
          title="There is no such screen"
          actions={
            <a className="text-accent underline" href={href('canaries')}>
              Go to the canaries
            </a>
          }
        >
          <p>The address does not name a screen of this version.</p>
        </Empty>
      );
  }
}
