import { type Command, Option } from 'commander';
import type { Input } from '#shared/contract/index.ts';
import { PROFILES } from '#shared/evidence/document.ts';
import { SECTIONS, TEMPLATES } from '#shared/evidence/presentation.ts';
import { readBytes, readText } from './files.ts';
import type { Io } from './io.ts';

export interface ReportOptions {
  readonly lab: string;
  readonly analyst: string;
  readonly profile: (typeof PROFILES)[number];
  readonly template: (typeof TEMPLATES)[number];
  readonly sections?: string;
  readonly notes?: string;
  readonly logo?: string;
}

/** Options that a report and a bundle share. */
export function addReportOptions(command: Command): Command {
  return command
    .option('--lab <name>', 'laboratory, as the report shows it (default: the workspace name)', '')
    .option('--analyst <name>', 'analyst, as the report shows it (default: the account)', '')
    .addOption(
      new Option('--profile <name>', 'how much is disclosed').choices(PROFILES).default('internal'),
    )
    .addOption(
      new Option('--template <name>', 'sections of the report').choices(TEMPLATES).default('full'),
    )
    .option('--sections <list>', `sections by name, with commas: ${SECTIONS.join(',')}`)
    .option('--notes <file>', 'text file with notes of the analyst')
    .option('--logo <file>', 'PNG or JPEG of the laboratory, at most 256 KiB');
}

type Shared = Omit<Input<'report.get'>, 'auditId' | 'format'>;

/** The options as the methods take them; reads the named files. */
export async function reportInput(io: Io, options: ReportOptions): Promise<Shared> {
  const { lab, analyst, profile, template, sections, notes, logo } = options;
  return {
    lab,
    analyst,
    profile,
    template,
    sections: sections === undefined ? null : (sections.split(',') as (typeof SECTIONS)[number][]),
    notes: notes === undefined ? '' : await readText(io, notes),
    logo: logo === undefined ? null : readBytes(io, logo).toString('base64'),
  };
}
