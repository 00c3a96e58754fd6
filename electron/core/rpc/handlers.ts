import type { Handlers } from './dispatch.ts';
import { activityHandlers } from './handlers/activity.ts';
import { auditHandlers } from './handlers/audit.ts';
import { bundleHandlers } from './handlers/bundle.ts';
import { custodyHandlers } from './handlers/custody.ts';
import { evidenceHandlers } from './handlers/evidence.ts';
import { libraryHandlers } from './handlers/library.ts';
import { presetHandlers } from './handlers/preset.ts';
import { rescoreHandlers } from './handlers/rescore.ts';
import type { HandlerServices } from './handlers/services.ts';
import { targetHandlers } from './handlers/target.ts';
import { toolsHandlers } from './handlers/tools.ts';
import { trustHandlers } from './handlers/trust.ts';
import { vaultHandlers } from './handlers/vault.ts';
import { workspaceHandlers } from './handlers/workspace.ts';

/** The security inventory: every method of the contract, nothing beside it. */
export function createHandlers(services: HandlerServices): Handlers {
  return {
    ...workspaceHandlers(services),
    ...vaultHandlers(services),
    ...libraryHandlers(services),
    ...presetHandlers(services),
    ...targetHandlers(services),
    ...activityHandlers(services),
    ...auditHandlers(services),
    ...evidenceHandlers(services),
    ...bundleHandlers(services),
    ...custodyHandlers(services),
    ...rescoreHandlers(services),
    ...trustHandlers(services),
    ...toolsHandlers(services),
  };
}
