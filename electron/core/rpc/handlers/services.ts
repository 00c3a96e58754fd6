import type { SystemProxies, Transport } from '../../endpoints/types.ts';
import type { EventBus } from '../../events.ts';
import type { Ports } from '../../ports.ts';
import type { AuditService } from '../../services/audit/audit.ts';
import type { LabService } from '../../services/lab.ts';
import type { ActivityService } from '../../services/network/activity.ts';
import type { AllowList } from '../../services/network/allow-list.ts';
import type { RescoreService } from '../../services/scoring/rescore.ts';
import type { SimilarityService } from '../../services/scoring/similarity.ts';
import type { WorkspaceService } from '../../services/workspace/workspace.ts';

/** What the handlers stand on; the composition root fills it. */
export interface HandlerServices {
  readonly activity: ActivityService;
  readonly allowed: AllowList;
  readonly system: SystemProxies;
  readonly workspace: WorkspaceService;
  readonly audits: AuditService;
  readonly lab: LabService;
  readonly similarity: SimilarityService;
  readonly rescore: RescoreService;
  readonly transport: Transport;
  readonly ports: Ports;
  readonly events: EventBus;
}
