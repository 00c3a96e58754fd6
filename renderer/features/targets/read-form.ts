import { type Draft, type Form, READ_PATHS, TYPED } from './draft.ts';

/** What is wrong before the core is asked, by field. */
type Problems = Readonly<Record<string, string>>;

interface Read {
  readonly draft: Draft;
  readonly problems: Problems;
}

const orNull = (value: string): string | null => (value.trim() === '' ? null : value.trim());
const listOf = (value: string): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

function jsonOf(field: string, value: string, problems: Record<string, string>): unknown {
  if (value.trim() === '') return undefined;
  try {
    return JSON.parse(value);
  } catch {
    problems[field] = 'This is not JSON.';
    return undefined;
  }
}

function numberOf(field: string, value: string, problems: Record<string, string>): number | null {
  if (value.trim() === '') return null;
  const number = Number(value.replaceAll(/[\s_]/g, ''));
  if (Number.isNaN(number)) problems[field] = 'Use a number.';
  return Number.isNaN(number) ? null : number;
}

function parametersOf(form: Form, problems: Record<string, string>): Record<string, unknown> {
  const parameters: Record<string, unknown> = {};
  for (const name of TYPED) {
    const value = form.parameters[name]?.trim() ?? '';
    if (value === '') continue;
    if (value === 'true' || value === 'false') parameters[name] = value === 'true';
    else if (name === 'reasoning_effort') parameters[name] = value;
    else parameters[name] = numberOf(`parameters.${name}`, value, problems);
    if (parameters[name] === null) delete parameters[name];
  }
  const stop = form.stop.split('\n').filter((line) => line !== '');
  if (stop.length > 0)
    parameters.stop = stop.map((line) =>
      line.replace(/\\(n|t|\\)/g, (_, c: string) => (c === 'n' ? '\n' : c === 't' ? '\t' : '\\')),
    );
  return parameters;
}

function proxyOf(form: Form): object {
  const key = orNull(form.proxyKey);
  if (form.proxy === 'manual') return { kind: 'manual', url: form.proxyUrl.trim(), key };
  if (form.proxy === 'pac') return { kind: 'pac', script: form.proxyScript, key };
  return { kind: form.proxy };
}

function authOf(form: Form): object | null {
  if (form.auth === 'header')
    return {
      kind: 'header',
      header: form.authHeader.trim().toLowerCase(),
      prefix: form.authPrefix,
    };
  if (form.auth === 'sigv4')
    return { kind: 'sigv4', region: form.authRegion.trim(), service: form.authService.trim() };
  return null;
}

function templateOf(form: Form, problems: Record<string, string>): object | null {
  if (form.format !== 'custom') return null;
  const { template } = form;
  return {
    method: template.method,
    path: template.path.trim(),
    body: jsonOf('template.body', template.body, problems) ?? null,
    stream: template.stream,
    read: Object.fromEntries(
      READ_PATHS.map(([name]) => [
        name,
        name === 'text' ? template.read.text.trim() : orNull(template.read[name]),
      ]),
    ),
    done: orNull(template.done),
    lengthValues: listOf(template.lengthValues),
    filterValues: listOf(template.filterValues),
  };
}

function headersOf(form: Form, problems: Record<string, string>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of form.headers.split('\n')) {
    if (line.trim() === '') continue;
    const at = line.indexOf(':');
    if (at > 0) headers[line.slice(0, at).trim()] = line.slice(at + 1).trim();
    else problems.headers = `Write “${line.trim().slice(0, 40)}” as name: value.`;
  }
  return headers;
}

function priceOf(form: Form, problems: Record<string, string>): object | null {
  const typed = [form.priceIn, form.priceOut, form.priceDate];
  if (typed.every((value) => value.trim() === '')) return null;
  if (typed.some((value) => value.trim() === ''))
    problems.price = 'Give both prices and the day they were looked up.';
  return {
    inputPerMillion: numberOf('price', form.priceIn, problems) ?? 0,
    outputPerMillion: numberOf('price', form.priceOut, problems) ?? 0,
    asOf: form.priceDate,
    source: form.priceSource,
  };
}

/** The target that the form describes. Its schema is the core's matter; only what cannot be read as typed is told here. */
export function draftOf(form: Form): Read {
  const problems: Record<string, string> = {};
  const limits = Object.fromEntries(
    Object.entries(form.limits).map(([name, value]) => [
      name,
      numberOf(`limits.${name}`, value, problems),
    ]),
  );
  const extra = jsonOf('extra', form.extra, problems) ?? {};
  const draft = {
    name: form.name.trim(),
    role: form.role,
    format: form.format,
    preset: orNull(form.preset),
    baseUrl: form.baseUrl.trim(),
    model: form.model.trim(),
    key: orNull(form.key),
    auth: authOf(form),
    stream: form.stream,
    parameters: parametersOf(form, problems),
    extra,
    template: templateOf(form, problems),
    dialect: form.dialect,
    headers: headersOf(form, problems),
    allowPrivate: form.allowPrivate,
    allowHttp: form.allowHttp,
    network: {
      proxy: proxyOf(form),
      roots: form.systemRoots ? 'system' : 'bundled',
      extraCa: orNull(form.extraCa),
      pinSha256: orNull(form.pin.replaceAll(':', '').toLowerCase()),
      clientCertificate: orNull(form.clientCertificate),
    },
    limits,
    price: priceOf(form, problems),
    released: orNull(form.released),
    note: form.note,
  };
  return { draft: draft as Draft, problems };
}
