/** One violation a line: the rule that must catch it, the file, and what the file imports. */
export interface Plant {
  readonly rule: string;
  readonly from: string;
  readonly imports: string;
  readonly isType?: boolean;
}

const plant = (rule: string, from: string, imports: string): Plant => ({ rule, from, imports });
const plantType = (rule: string, from: string, imports: string): Plant => ({
  rule,
  from,
  imports,
  isType: true,
});

export const PLANTED: readonly Plant[] = [
  plant('shared-imports-shared', 'shared/domain/a.ts', '../../electron/core/ports.ts'),
  plantType('shared-imports-shared', 'shared/domain/b.ts', '#core/ports.ts'),
  plant('shared-imports-shared', 'shared/domain/c.ts', '../../renderer/ui/button.tsx'),
  plant('shared-without-node', 'shared/util/a.ts', 'node:fs'),
  plant('shared-without-node', 'shared/util/b.ts', 'crypto'),
  plant('packages-shared', 'shared/util/c.ts', 'left-pad'),
  plant('packages-shared', 'shared/util/d.ts', 'undici'),

  plant('core-knows-no-host', 'electron/core/services/a.ts', '../../hosts/common/node-ports.ts'),
  plantType('core-knows-no-host', 'electron/core/services/b.ts', '../../../renderer/ui/button.tsx'),
  plant('electron-in-its-place', 'electron/core/services/c.ts', 'electron'),
  plantType('electron-in-its-place', 'electron/hosts/cli/a.ts', 'electron'),
  plant('electron-in-its-place', 'renderer/app/a.tsx', 'electron'),
  plant('packages-core', 'electron/core/services/d.ts', 'commander'),

  plant('hosts-use-the-front-door', 'electron/hosts/cli/b.ts', '#core/db/store.ts'),
  plantType('hosts-use-the-front-door', 'electron/hosts/desktop/a.ts', '../../core/events.ts'),
  plant('hosts-are-strangers', 'electron/hosts/loopback/a.ts', '../cli/main.ts'),
  plant('hosts-are-strangers', 'electron/hosts/cli/c.ts', '../loopback/session.ts'),
  plant('hosts-are-strangers', 'electron/hosts/desktop/b.ts', '../loopback/server.ts'),
  plant('the-entry-is-nobodys-module', 'electron/hosts/cli/f.ts', '../trapstreet.ts'),
  plant('hosts-know-no-page', 'electron/hosts/cli/d.ts', '../../../renderer/ui/button.tsx'),
  plant('packages-hosts', 'electron/hosts/common/a.ts', 'commander'),
  plant('packages-cli', 'electron/hosts/cli/e.ts', 'left-pad'),
  plant('packages-desktop', 'electron/hosts/desktop/c.ts', 'commander'),

  plant('sqlite-in-its-place', 'electron/core/services/e.ts', 'better-sqlite3'),
  plant('sqlite-in-its-place', 'electron/core/services/f.ts', 'node:sqlite'),
  plant('one-outbound-door', 'electron/core/services/g.ts', 'undici'),
  plant('one-outbound-door', 'electron/core/lab/a.ts', 'node:https'),
  plant('one-outbound-door', 'electron/hosts/loopback/b.ts', 'node:net'),
  plant('one-outbound-door', 'electron/core/security/a.ts', 'dns/promises'),
  plant('http-serves-only', 'electron/core/services/h.ts', 'node:http'),
  plant('lab-is-for-compose', 'electron/core/rpc/a.ts', '../lab/server.ts'),

  plant('core-leftwards-db', 'electron/core/db/a.ts', '../services/audit.ts'),
  plant('core-leftwards-db', 'electron/core/endpoints/a.ts', '../rpc/dispatch.ts'),
  plantType('core-leftwards-db', 'electron/core/security/b.ts', '../services/audit.ts'),
  plant('core-leftwards-services', 'electron/core/services/i.ts', '../rpc/dispatch.ts'),
  plantType('core-leftwards-services', 'electron/core/services/j.ts', '../scheduler/tick.ts'),
  plant('core-leftwards-rpc', 'electron/core/rpc/b.ts', '../compose.ts'),
  plant('core-leftwards-lab', 'electron/core/lab/b.ts', '../db/store.ts'),
  plant('core-root-is-low', 'electron/core/low.ts', './services/audit.ts'),
  plant('core-rpc-or-scheduler', 'electron/core/scheduler/a.ts', '../rpc/dispatch.ts'),

  plant('renderer-imports-shared', 'renderer/client/a.ts', '../../electron/core/ports.ts'),
  plantType('renderer-imports-shared', 'renderer/client/b.ts', '#core/ports.ts'),
  plant('renderer-without-node', 'renderer/client/c.ts', 'node:path'),
  plant('features-are-strangers', 'renderer/features/audits/a.tsx', '../canaries/screen.tsx'),
  plantType('features-are-strangers', 'renderer/features/audits/b.tsx', '../canaries/screen.tsx'),
  plant('features-below-app', 'renderer/features/audits/c.tsx', '../../app/shell.tsx'),
  plant('ui-at-the-bottom', 'renderer/ui/a.tsx', '../features/canaries/screen.tsx'),
  plant('client-and-state-below-features', 'renderer/state/a.ts', '../ui/button.tsx'),
  plant('packages-renderer', 'renderer/ui/b.tsx', 'commander'),
  plant('preload-is-thin', 'electron/preload/a.ts', 'zod'),
  plant('preload-is-thin', 'electron/preload/b.ts', '../hosts/desktop/main.ts'),

  plant('no-cycles', 'shared/domain/left.ts', './right.ts'),
  plant('no-cycles', 'shared/domain/right.ts', './left.ts'),
  plantType('no-cycles', 'shared/domain/one.ts', './two.ts'),
  plantType('no-cycles', 'shared/domain/two.ts', './three.ts'),
  plantType('no-cycles', 'shared/domain/three.ts', './one.ts'),
  plant('everything-resolves', 'shared/domain/lost.ts', './not-there.ts'),
];

/** The same tree's good citizens: none of them may be accused. */
export const CLEAN: Readonly<Record<string, readonly string[]>> = {
  'shared/domain/target.ts': ['zod'],
  'electron/core/ports.ts': ['#shared/domain/target.ts'],
  'electron/core/events.ts': ['#shared/domain/target.ts'],
  'electron/core/db/store.ts': ['better-sqlite3', '#core/ports.ts'],
  'electron/core/endpoints/transport.ts': ['undici', 'node:net', 'node:tls', 'node:http'],
  'electron/core/services/audit.ts': ['../db/store.ts', '../endpoints/transport.ts', 'node:crypto'],
  'electron/core/rpc/dispatch.ts': ['../services/audit.ts'],
  'electron/core/scheduler/tick.ts': ['../services/audit.ts'],
  'electron/core/lab/server.ts': ['node:http', '../endpoints/transport.ts'],
  'electron/core/compose.ts': ['./rpc/dispatch.ts', './scheduler/tick.ts', './lab/server.ts'],
  'electron/hosts/common/node-ports.ts': ['#core/ports.ts', 'node:os'],
  'electron/hosts/loopback/session.ts': ['node:crypto'],
  'electron/hosts/loopback/server.ts': ['node:http', './session.ts', '#core/ports.ts'],
  'electron/hosts/cli/main.ts': ['#core/compose.ts', '../common/node-ports.ts', 'commander'],
  'electron/hosts/trapstreet.ts': ['./cli/main.ts', './loopback/server.ts'],
  'electron/hosts/desktop/main.ts': ['electron', '#core/compose.ts', '../common/node-ports.ts'],
  'electron/preload/preload.ts': ['electron'],
  'renderer/ui/button.tsx': ['react'],
  'renderer/client/client.ts': ['#shared/domain/target.ts'],
  'renderer/state/view.ts': ['zustand'],
  'renderer/features/canaries/screen.tsx': [
    '../../ui/button.tsx',
    '../../client/client.ts',
    '../../state/view.ts',
  ],
  'renderer/app/shell.tsx': ['../features/canaries/screen.tsx'],
};

export const PACKAGES = [
  'better-sqlite3',
  'commander',
  'electron',
  'left-pad',
  'react',
  'undici',
  'zod',
  'zustand',
];
