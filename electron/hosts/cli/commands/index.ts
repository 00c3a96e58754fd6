import type { Install } from '../verb.ts';
import { activityHosts } from './activity-hosts.ts';
import { activityList } from './activity-list.ts';
import { adjudicationAdd } from './adjudication-add.ts';
import { adjudicationList } from './adjudication-list.ts';
import { auditList } from './audit-list.ts';
import { auditMatrix } from './audit-matrix.ts';
import { auditPaste } from './audit-paste.ts';
import { auditPause } from './audit-pause.ts';
import { auditPrompts } from './audit-prompts.ts';
import { auditResume } from './audit-resume.ts';
import { auditRun } from './audit-run.ts';
import { auditStart } from './audit-start.ts';
import { auditStatus } from './audit-status.ts';
import { auditStop } from './audit-stop.ts';
import { auditWatch } from './audit-watch.ts';
import { authorityAdd } from './authority-add.ts';
import { authorityList } from './authority-list.ts';
import { authorityRemove } from './authority-remove.ts';
import { authorityTest } from './authority-test.ts';
import { beaconCheck } from './beacon-check.ts';
import { beaconConfigure } from './beacon-configure.ts';
import { beaconFetch } from './beacon-fetch.ts';
import { beaconList } from './beacon-list.ts';
import { bundleDisclose } from './bundle-disclose.ts';
import { bundleExport } from './bundle-export.ts';
import { bundleList } from './bundle-list.ts';
import { bundleOpen } from './bundle-open.ts';
import { bundlePage } from './bundle-page.ts';
import { bundlePreview } from './bundle-preview.ts';
import { bundleRescore } from './bundle-rescore.ts';
import { bundleVerify } from './bundle-verify.ts';
import { call } from './call.ts';
import { canaryCheck } from './canary-check.ts';
import { canaryExport } from './canary-export.ts';
import { canaryGenerate } from './canary-generate.ts';
import { canaryImport } from './canary-import.ts';
import { canaryList } from './canary-list.ts';
import { canaryRestore } from './canary-restore.ts';
import { canaryRetire } from './canary-retire.ts';
import { canaryShow } from './canary-show.ts';
import { canaryTemplates } from './canary-templates.ts';
import { caseCreate } from './case-create.ts';
import { caseList } from './case-list.ts';
import { custodyList } from './custody-list.ts';
import { custodyProof } from './custody-proof.ts';
import { custodyVerify } from './custody-verify.ts';
import { evidenceSample } from './evidence-sample.ts';
import { evidenceShow } from './evidence-show.ts';
import { keyHistory } from './key-history.ts';
import { keyImport } from './key-import.ts';
import { keyRotate } from './key-rotate.ts';
import { keyShow } from './key-show.ts';
import { labCanaries } from './lab-canaries.ts';
import { labServe } from './lab-serve.ts';
import { ledgerImport } from './ledger-import.ts';
import { ledgerList } from './ledger-list.ts';
import { planCheck } from './plan-check.ts';
import { planList } from './plan-list.ts';
import { planSeal } from './plan-seal.ts';
import { planShow } from './plan-show.ts';
import { presetApply } from './preset-apply.ts';
import { presetList } from './preset-list.ts';
import { presetShow } from './preset-show.ts';
import { registryCommit } from './registry-commit.ts';
import { registryDraw } from './registry-draw.ts';
import { registryExposure } from './registry-exposure.ts';
import { registryKit } from './registry-kit.ts';
import { registryList } from './registry-list.ts';
import { reportWrite } from './report-write.ts';
import { rescoreList } from './rescore-list.ts';
import { rescorePreview } from './rescore-preview.ts';
import { rescoreRun } from './rescore-run.ts';
import { secretList } from './secret-list.ts';
import { secretRemove } from './secret-remove.ts';
import { secretSet } from './secret-set.ts';
import { serve } from './serve.ts';
import { similarityMatrix } from './similarity-matrix.ts';
import { similarityTeachers } from './similarity-teachers.ts';
import { stampAdd } from './stamp-add.ts';
import { stampExport } from './stamp-export.ts';
import { stampList } from './stamp-list.ts';
import { stampRenew } from './stamp-renew.ts';
import { statsRun } from './stats-run.ts';
import { targetAdd } from './target-add.ts';
import { targetList } from './target-list.ts';
import { targetParameters } from './target-parameters.ts';
import { targetPreview } from './target-preview.ts';
import { targetProbe } from './target-probe.ts';
import { targetRecognise } from './target-recognise.ts';
import { targetRemove } from './target-remove.ts';
import { targetRestore } from './target-restore.ts';
import { targetShow } from './target-show.ts';
import { targetTest } from './target-test.ts';
import { vaultAutolock } from './vault-autolock.ts';
import { vaultKeychain } from './vault-keychain.ts';
import { vaultPassphrase } from './vault-passphrase.ts';
import { vaultRecovery } from './vault-recovery.ts';
import { vaultRotate } from './vault-rotate.ts';
import { vaultScan } from './vault-scan.ts';
import { vaultStatus } from './vault-status.ts';
import { workspaceCreate } from './workspace-create.ts';
import { workspaceStatus } from './workspace-status.ts';
import { workspaceVerify } from './workspace-verify.ts';

/** Every command, in the order in which help lists them. */
export const COMMANDS: readonly Install[] = [
  workspaceCreate,
  workspaceStatus,
  workspaceVerify,
  caseList,
  caseCreate,
  canaryList,
  canaryShow,
  canaryImport,
  canaryExport,
  canaryRetire,
  canaryRestore,
  canaryTemplates,
  canaryGenerate,
  canaryCheck,
  registryList,
  registryCommit,
  registryDraw,
  registryKit,
  registryExposure,
  beaconList,
  beaconConfigure,
  beaconFetch,
  beaconCheck,
  ledgerImport,
  ledgerList,
  secretSet,
  secretList,
  secretRemove,
  vaultStatus,
  vaultPassphrase,
  vaultRecovery,
  vaultKeychain,
  vaultAutolock,
  vaultRotate,
  vaultScan,
  keyShow,
  keyHistory,
  keyRotate,
  keyImport,
  authorityList,
  authorityAdd,
  authorityTest,
  authorityRemove,
  stampList,
  stampAdd,
  stampRenew,
  stampExport,
  presetList,
  presetShow,
  presetApply,
  targetList,
  targetAdd,
  targetShow,
  targetPreview,
  targetTest,
  targetProbe,
  targetParameters,
  targetRecognise,
  targetRemove,
  targetRestore,
  planCheck,
  planSeal,
  planList,
  planShow,
  auditRun,
  auditStart,
  auditResume,
  auditPause,
  auditStop,
  auditWatch,
  auditStatus,
  auditList,
  auditMatrix,
  auditPrompts,
  auditPaste,
  evidenceShow,
  evidenceSample,
  adjudicationAdd,
  adjudicationList,
  rescorePreview,
  rescoreRun,
  rescoreList,
  reportWrite,
  bundleExport,
  bundleDisclose,
  bundleOpen,
  bundlePage,
  bundlePreview,
  bundleRescore,
  bundleVerify,
  bundleList,
  custodyList,
  custodyVerify,
  custodyProof,
  activityList,
  activityHosts,
  statsRun,
  similarityMatrix,
  similarityTeachers,
  labCanaries,
  labServe,
  serve,
  call,
];
