import { AT, type FakeHandlers, type FakeState } from './fake-state.ts';
import { BUNDLE_ID, sha } from './fixtures.ts';

export function evidenceHandlers(state: FakeState): FakeHandlers {
  return {
    'report.get': () => ({
      format: 'html' as const,
      content: '<!doctype html><title>Report</title>',
      sha256: sha('report'),
      warnings: [],
    }),
    'bundle.export': ({ auditId }) => {
      const made = {
        bundleId: BUNDLE_ID,
        auditId,
        path: '/home/analyst/harbour-road/bundles/2026-11-21-recheck',
        profile: 'internal' as const,
        reportId: null,
        files: 214,
        manifestSha256: sha('manifest'),
        createdUtc: AT,
        stamp: null,
      };
      state.bundles = [made, ...state.bundles.filter((b) => b.bundleId !== BUNDLE_ID)];
      return { ...made, warnings: [] };
    },
    'bundle.preview': ({ profile }) => ({
      profile,
      items: [
        {
          what: 'Prompts',
          disclosed: profile === 'public' ? ('no' as const) : ('yes' as const),
          count: 180,
          detail: 'of every canary that was asked',
        },
        {
          what: 'Custody log',
          disclosed: 'part' as const,
          count: 3_402,
          detail: '12 lines of other matters as hashes only',
        },
      ],
      notCheckable: profile === 'public' ? ['draws', 'answers'] : [],
    }),
    'bundle.list': () => ({ bundles: state.bundles }),
    'bundle.check': () => ({
      ok: state.bundleOk,
      path: '/home/analyst/harbour-road/bundles/2026-11-21-recheck',
      keyid: 'SHA256:nT0yvX3u7mS5pA2kQ9hR1cE8wZ4jL6bV0dF7gH3iK2M',
      keyGiven: false,
      profile: 'internal' as const,
      checks: [
        { name: 'bag', status: 'passed' as const, detail: '214 files, no unknown one', limit: '' },
        {
          name: 'manifests',
          status: state.bundleOk ? ('passed' as const) : ('failed' as const),
          detail: state.bundleOk
            ? 'every SHA-256 agrees'
            : 'data/transcripts/0043.json has another SHA-256 than the manifest says',
          limit: '',
        },
        {
          name: 'signature of the statement',
          status: 'passed' as const,
          detail: 'ECDSA P-256, canonical envelope',
          limit: '',
        },
        {
          name: 'inclusion proofs',
          status: 'passed' as const,
          detail: '180 canaries under 2 registries',
          limit: '',
        },
        {
          name: 'draw',
          status: 'passed' as const,
          detail: 'responses, twins and order recomputed from the beacon',
          limit: '',
        },
        {
          name: 'E recomputed',
          status: 'passed' as const,
          detail: '3 suspects, equal to the statement',
          limit: '',
        },
      ],
    }),
    'custody.list': ({ offset, limit, kind }) => {
      const found = state.events.filter((event) => event.kind.startsWith(kind)).reverse();
      return {
        size: state.events.length,
        total: found.length,
        events: found.slice(offset, offset + limit),
      };
    },
    'custody.verify': () => ({
      ok: true,
      events: state.events.length,
      checkpoints: 12,
      stampedCheckpoints: 11,
      consistencyProofs: 11,
      stamps: 14,
      keys: 1,
      bodies: 3_240,
      problems: [],
    }),
    'adjudication.list': () => ({ adjudications: [] }),
    'rescore.list': () => ({ results: [] }),
    'rescore.preview': () => ({
      scorer: 'chrf-v1',
      canaries: state.done,
      answers: state.done * 9,
      requests: 0,
      host: null,
    }),
  };
}
