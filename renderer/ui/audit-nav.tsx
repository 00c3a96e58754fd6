interface Props {
  /** Builds an address of the app. */
  readonly href: (...segments: readonly string[]) => string;
  readonly auditId: string;
  readonly here: 'run' | 'evidence';
}

/** The two faces of an audit, and the way to its report. */
export function AuditNav({ href, auditId, here }: Props) {
  const link = 'flex h-8 items-center border-b-2 -mb-px';
  const on = 'border-accent font-medium text-ink';
  const off = 'border-transparent text-ink-2 hover:text-ink';
  return (
    <nav aria-label="Audit" className="flex shrink-0 gap-6 border-b border-line px-8">
      <a
        className={`${link} ${here === 'run' ? on : off}`}
        aria-current={here === 'run' ? 'page' : undefined}
        href={href('audits', auditId)}
      >
        Run
      </a>
      <a
        className={`${link} ${here === 'evidence' ? on : off}`}
        aria-current={here === 'evidence' ? 'page' : undefined}
        href={href('audits', auditId, 'evidence')}
      >
        Evidence
      </a>
      <a className={`${link} ${off}`} href={href('reports', auditId)}>
        Report
      </a>
    </nav>
  );
}
