import { Check, SelectField, TextArea, TextField } from '../../ui/field.tsx';
import { EMPTY, type Form } from './draft.ts';
import { KeySelect, MorePart, Part, type PartProps } from './fields.tsx';

export function ConsentPart({ form, set, error }: PartProps) {
  const note = (field: string, usual: string) => {
    const message = error(field);
    return message ? <span className="text-hit">{message}</span> : usual;
  };
  return (
    <Part title="Consents">
      <div className="grid gap-2">
        <Check
          label="Allow a connection without TLS"
          hint={note('allowHttp', 'Questions, answers and key can be read on the way.')}
          checked={form.allowHttp}
          onChange={(allowHttp) => set({ allowHttp })}
        />
        <Check
          label="Allow this machine and private networks"
          hint={note(
            'allowPrivate',
            'Needed for localhost, the practice lab and addresses inside your network.',
          )}
          checked={form.allowPrivate}
          onChange={(allowPrivate) => set({ allowPrivate })}
        />
      </div>
    </Part>
  );
}

const PROXIES = [
  { value: 'none', label: 'None: straight to the host' },
  { value: 'system', label: 'As the system says' },
  { value: 'manual', label: 'This one' },
  { value: 'pac', label: 'By a PAC script' },
] as const;

export function NetworkPart({ form, set, error }: PartProps) {
  const isSet =
    form.proxy !== 'none' ||
    form.systemRoots ||
    form.extraCa !== '' ||
    form.pin !== '' ||
    form.clientCertificate !== '';
  const isOwnProxy = form.proxy === 'manual' || form.proxy === 'pac';
  return (
    <MorePart title="Way to the host" note="proxy, certificates" open={isSet}>
      <div className="grid grid-cols-[1fr_1.5fr_1.2fr] gap-4">
        <SelectField
          label="Proxy"
          value={form.proxy}
          onChange={(event) => set({ proxy: event.target.value as Form['proxy'] })}
          options={PROXIES}
        />
        {form.proxy === 'manual' && (
          <TextField
            label="Proxy URL"
            mono
            placeholder="http://proxy.example:3128"
            value={form.proxyUrl}
            onChange={(event) => set({ proxyUrl: event.target.value })}
            error={error('network.proxy.url')}
          />
        )}
        {isOwnProxy && (
          <KeySelect
            label="User and password of the proxy"
            value={form.proxyKey}
            onChange={(proxyKey) => set({ proxyKey })}
            error={error('network.proxy.key')}
            hint="An entry of the vault: user:password."
          />
        )}
      </div>
      {form.proxy === 'pac' && (
        <TextArea
          label="PAC script"
          mono
          rows={4}
          value={form.proxyScript}
          onChange={(event) => set({ proxyScript: event.target.value })}
          error={error('network.proxy.script')}
          hint="The text itself: it is kept with the target and never fetched."
        />
      )}
      <Check
        label="Trust the roots of the operating system too"
        hint="Needed where a company inspects its traffic."
        checked={form.systemRoots}
        onChange={(systemRoots) => set({ systemRoots })}
      />
      <div className="grid grid-cols-2 gap-4">
        <TextArea
          label="Further trusted roots"
          mono
          rows={3}
          placeholder="-----BEGIN CERTIFICATE-----"
          value={form.extraCa}
          onChange={(event) => set({ extraCa: event.target.value })}
          error={error('network.extraCa')}
          hint="PEM."
        />
        <div className="grid gap-4">
          <TextField
            label="Pinned certificate"
            mono
            value={form.pin}
            onChange={(event) => set({ pin: event.target.value })}
            error={error('network.pinSha256')}
            hint="SHA-256 in hex; a test call shows it. Any other certificate is refused."
          />
          <KeySelect
            label="Client certificate"
            value={form.clientCertificate}
            onChange={(clientCertificate) => set({ clientCertificate })}
            error={error('network.clientCertificate')}
            hint="An entry of the vault: certificate and private key as PEM."
          />
        </div>
      </div>
    </MorePart>
  );
}

const LIMITS = [
  ['concurrency', 'Questions in flight'],
  ['requestsPerMinute', 'Requests per minute'],
  ['tokensPerMinute', 'Tokens per minute'],
  ['costUsd', 'Cost of an audit, $'],
  ['exposures', 'Canaries disclosed'],
] as const;

export function LimitsPart({ form, set, error }: PartProps) {
  const isSet =
    Object.values(form.limits).some((value) => value !== '') ||
    [form.priceIn, form.priceOut, form.priceDate].some((value) => value !== EMPTY.priceIn);
  return (
    <MorePart title="Limits and price" note="what it may be asked at most" open={isSet}>
      <div className="grid grid-cols-2 xl:grid-cols-5 gap-3">
        {LIMITS.map(([name, label]) => (
          <TextField
            key={name}
            label={label}
            inputMode="decimal"
            value={form.limits[name]}
            onChange={(event) => set({ limits: { ...form.limits, [name]: event.target.value } })}
            error={error(`limits.${name}`)}
          />
        ))}
      </div>
      <div className="grid grid-cols-2 xl:grid-cols-[1fr_1fr_1.2fr_1.8fr] gap-3">
        <TextField
          label="Input, $ per 10⁶ tokens"
          inputMode="decimal"
          value={form.priceIn}
          onChange={(event) => set({ priceIn: event.target.value })}
          error={error('price')}
        />
        <TextField
          label="Output, $ per 10⁶ tokens"
          inputMode="decimal"
          value={form.priceOut}
          onChange={(event) => set({ priceOut: event.target.value })}
        />
        <TextField
          label="Price looked up on"
          type="date"
          value={form.priceDate}
          onChange={(event) => set({ priceDate: event.target.value })}
        />
        <TextField
          label="Source of the price"
          value={form.priceSource}
          onChange={(event) => set({ priceSource: event.target.value })}
        />
      </div>
      <p className="-mt-2 text-12 text-ink-3">Empty: no limit of its own. Costs are estimates.</p>
    </MorePart>
  );
}
