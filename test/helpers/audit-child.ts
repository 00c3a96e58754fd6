// Runs or resumes an audit in a process of its own, so that a test can kill it: node audit-child.ts FOLDER start|resume ID
import { auditHalted } from './audit.ts';
import { openWorkspace } from './workspace.ts';

const [folder = '', mode = '', id = ''] = process.argv.slice(2);
const core = await openWorkspace(folder, { verbose: process.env.TRAPSTREET_VERBOSE === '1' });
const { auditId } =
  mode === 'start'
    ? await core.client.call('audit.start', { planId: id })
    : await core.client.call('audit.resume', { auditId: id });
process.send?.({ auditId });
const { audit, message } = await auditHalted(core.client, auditId);
process.send?.({ auditId, state: audit.state, message });
await core.close();
process.disconnect?.();
