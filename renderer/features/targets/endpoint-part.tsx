import { useQuery } from '../../client/use-query.ts';
import { SelectField, TextField } from '../../ui/field.tsx';
import { EMPTY, FORMATS, type Form, ROLES, withPreset } from './draft.ts';
import { KeySelect, Part, type PartProps } from './fields.tsx';

const BY_FORMAT = 'format:';

/** Vendor or format first: everything below follows from it. */
function Start({ form, set }: PartProps) {
  const presets = useQuery('preset.list', {}).data?.presets ?? [];
  const chosen = presets.find(({ name }) => name === form.preset);
  const choose = (value: string): void => {
    const preset = presets.find(({ name }) => name === value);
    if (preset) {
      set(withPreset(form, preset, {}));
      return;
    }
    const { headers, extra, dialect, auth, authHeader, authPrefix } = EMPTY;
    const format = value.slice(BY_FORMAT.length) as Form['format'];
    // What a preset filled in does not belong to another format.
    const fresh =
      form.preset === '' ? {} : { headers, extra, dialect, auth, authHeader, authPrefix };
    set({ ...fresh, preset: '', values: {}, format });
  };
  return (
    <>
      <SelectField
        label="Vendor or format"
        value={form.preset === '' ? `${BY_FORMAT}${form.format}` : form.preset}
        onChange={(event) => choose(event.target.value)}
        options={[
          ...FORMATS.map(({ value, label }) => ({ value: `${BY_FORMAT}${value}`, label })),
          ...presets.map(({ name, title }) => ({ value: name, label: `Preset: ${title}` })),
          ...(form.preset !== '' && chosen === undefined
            ? [{ value: form.preset, label: `Preset: ${form.preset}` }]
            : []),
        ]}
        hint="A preset fills in what is known of a vendor; all of it can be changed."
      />
      {chosen && chosen.values.length > 0 && (
        <div className="grid grid-cols-2 gap-4">
          {chosen.values.map(({ name, title, example }) => (
            <TextField
              key={name}
              label={title.charAt(0).toUpperCase() + title.slice(1)}
              mono
              placeholder={example}
              value={form.values[name] ?? ''}
              onChange={(event) =>
                set(withPreset(form, chosen, { ...form.values, [name]: event.target.value.trim() }))
              }
            />
          ))}
        </div>
      )}
      {chosen && chosen.quirks.length > 0 && (
        <section aria-label={`Known of ${chosen.title}`}>
          <h3 className="mb-1 text-12 font-medium text-ink-2">Known of {chosen.title}</h3>
          <ul className="grid gap-1 border-l-2 border-line-strong pl-3 text-12 text-ink-2">
            {chosen.quirks.map((quirk) => (
              <li key={quirk.text}>
                {quirk.text}{' '}
                <span className="text-ink-3">
                  Read {quirk.seen} at {new URL(quirk.source).hostname}.
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

export function EndpointPart(props: PartProps & { readonly isNew: boolean }) {
  const { form, set, error, isNew } = props;
  const appends = FORMATS.find(({ value }) => value === form.format)?.appends ?? '';
  return (
    <Part title="Whom to ask">
      <Start {...props} />
      <div className="grid grid-cols-2 gap-4">
        <TextField
          label="Name"
          value={form.name}
          disabled={!isNew}
          onChange={(event) => set({ name: event.target.value })}
          error={error('name')}
          hint="Lower-case letters, digits, dots, dashes."
        />
        <SelectField
          label="Role"
          value={form.role}
          onChange={(event) => set({ role: event.target.value as Form['role'] })}
          options={ROLES}
          hint={ROLES.find((role) => role.value === form.role)?.means}
        />
      </div>
      <TextField
        label="Base URL"
        mono
        placeholder="https://api.example.org/v1"
        value={form.baseUrl}
        onChange={(event) => set({ baseUrl: event.target.value })}
        error={error('baseUrl')}
        hint={`${appends} is appended.`}
      />
      <div className="grid grid-cols-2 gap-4">
        <TextField
          label="Model"
          mono
          value={form.model}
          onChange={(event) => set({ model: event.target.value })}
          error={error('model')}
          hint="Sent as it stands."
        />
        <KeySelect
          label="API key"
          value={form.key}
          onChange={(key) => set({ key })}
          error={error('key')}
        />
      </div>
      {form.key !== '' && <AuthFields {...props} />}
    </Part>
  );
}

const AUTHS = [
  { value: 'format', label: 'As the format does' },
  { value: 'header', label: 'In a header of its own' },
  { value: 'sigv4', label: 'As an AWS signature (SigV4)' },
] as const;

function AuthFields({ form, set, error }: PartProps) {
  return (
    <div className="grid grid-cols-3 gap-4">
      <SelectField
        label="How the key is sent"
        value={form.auth}
        onChange={(event) => set({ auth: event.target.value as Form['auth'] })}
        options={AUTHS}
        hint={
          form.auth === 'sigv4'
            ? 'The entry holds ID:SECRET, and :TOKEN if there is one.'
            : undefined
        }
      />
      {form.auth === 'header' && (
        <>
          <TextField
            label="Header"
            mono
            placeholder="api-key"
            value={form.authHeader}
            onChange={(event) => set({ authHeader: event.target.value })}
            error={error('auth.header')}
          />
          <TextField
            label="Text before the key"
            mono
            placeholder="Bearer␣"
            value={form.authPrefix}
            onChange={(event) => set({ authPrefix: event.target.value })}
            error={error('auth.prefix')}
          />
        </>
      )}
      {form.auth === 'sigv4' && (
        <>
          <TextField
            label="AWS region"
            mono
            placeholder="eu-west-1"
            value={form.authRegion}
            onChange={(event) => set({ authRegion: event.target.value })}
            error={error('auth.region')}
          />
          <TextField
            label="AWS service"
            mono
            value={form.authService}
            onChange={(event) => set({ authService: event.target.value })}
            error={error('auth.service')}
          />
        </>
      )}
    </div>
  );
}
