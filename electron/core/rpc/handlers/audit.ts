import type { auditMethods } from '#shared/contract/audit.ts';
import { listPrompts } from '../../services/audit/paste.ts';
import { checkPlan, getPlan, listPlans, sealPlan } from '../../services/plan/plan.ts';
import type { Session } from '../../services/workspace/session.ts';
import type { Handlers } from '../dispatch.ts';
import type { HandlerServices } from './services.ts';

export function auditHandlers({
  workspace,
  audits,
  transport,
}: HandlerServices): Pick<Handlers, keyof typeof auditMethods> {
  const open = (): Session => workspace.session();
  return {
    'plan.check': ({ text }) => checkPlan(open(), text),
    'plan.seal': async ({ text }) => sealPlan(open(), transport, text),
    'plan.list': () => listPlans(open()),
    'plan.get': ({ planId }) => getPlan(open(), planId),
    'audit.start': ({ planId }) => audits.start(open(), planId),
    'audit.resume': (input) => audits.resume(open(), input),
    'audit.pause': (input) => audits.pause(open(), input),
    'audit.stop': ({ auditId }) => audits.stop(open(), auditId),
    'audit.prompts': (input) => listPrompts(open(), input),
    'audit.paste': (input) => audits.paste(open(), input),
    'audit.list': () => audits.list(open()),
    'audit.get': ({ auditId }) => audits.get(open(), auditId),
    'audit.matrix': ({ auditId }) => audits.matrix(open(), auditId),
  };
}
