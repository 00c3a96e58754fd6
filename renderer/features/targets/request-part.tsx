import { Check, SelectField, TextArea, TextField } from '../../ui/field.tsx';
import { CHOICES, type Form, PARAMETERS, READ_PATHS, type TemplateForm } from './draft.ts';
import { MorePart, Part, type PartProps } from './fields.tsx';

const LEFT = { value: '', label: 'Not sent' };

export function ParametersPart({ form, set, error }: PartProps) {
  const setParameter = (name: string, value: string): void =>
    set({ parameters: { ...form.parameters, [name]: value } });
  const value = (name: keyof Form['parameters']): string => form.parameters[name] ?? '';
  return (
    <Part
      title="Parameters"
      note="What is filled in is sent; what is empty is left to the endpoint. One that the format cannot send is refused, never dropped."
    >
      <div className="grid grid-cols-2 xl:grid-cols-4 gap-3">
        {PARAMETERS.map(([name, label]) => (
          <TextField
            key={name}
            label={label}
            inputMode="decimal"
            value={value(name)}
            onChange={(event) => setParameter(name, event.target.value)}
            error={error(`parameters.${name}`)}
          />
        ))}
      </div>
      <div className="grid grid-cols-2 xl:grid-cols-4 gap-3">
        {CHOICES.map(([name, label, options]) => (
          <SelectField
            key={name}
            label={label}
            value={value(name)}
            onChange={(event) => setParameter(name, event.target.value)}
            options={[LEFT, ...options.map((option) => ({ value: option, label: option }))]}
            error={error(`parameters.${name}`)}
          />
        ))}
        <TextField
          label="Thinking"
          value={value('thinking')}
          placeholder="true, false, tokens"
          onChange={(event) => setParameter('thinking', event.target.value)}
          error={error('parameters.thinking')}
        />
        <TextArea
          label="Stop"
          rows={1}
          mono
          value={form.stop}
          onChange={(event) => set({ stop: event.target.value })}
          error={error('parameters.stop')}
          hint="One per line."
        />
      </div>
      {form.format !== 'custom' && (
        <Check
          label="Ask for a streamed answer"
          checked={form.stream}
          onChange={(stream) => set({ stream })}
        />
      )}
    </Part>
  );
}

/** The request of a service that speaks none of the known formats. */
export function TemplatePart({ form, set, error }: PartProps) {
  const { template } = form;
  const change = (part: Partial<TemplateForm>): void => set({ template: { ...template, ...part } });
  return (
    <Part
      title="Template"
      note="{{prompt}}, {{system}}, {{messages}}, {{model}}, {{stream}} and the name of any parameter stand for their values. No code is run."
    >
      <div className="grid grid-cols-[96px_1fr_180px] gap-4">
        <SelectField
          label="Method"
          value={template.method}
          onChange={(event) => change({ method: event.target.value as TemplateForm['method'] })}
          options={[
            { value: 'POST', label: 'POST' },
            { value: 'GET', label: 'GET' },
          ]}
        />
        <TextField
          label="Path"
          mono
          value={template.path}
          onChange={(event) => change({ path: event.target.value })}
          error={error('template.path')}
          hint="Appended to the base URL."
        />
        <SelectField
          label="Answer comes"
          value={template.stream}
          onChange={(event) => change({ stream: event.target.value as TemplateForm['stream'] })}
          options={[
            { value: 'none', label: 'in one piece' },
            { value: 'sse', label: 'as server-sent events' },
            { value: 'jsonl', label: 'as JSON lines' },
          ]}
        />
      </div>
      <TextArea
        label="Body"
        mono
        rows={8}
        value={template.body}
        onChange={(event) => change({ body: event.target.value })}
        error={error('template') ?? error('template.body')}
        hint="JSON. Empty: no body."
      />
      <div className="grid grid-cols-3 gap-3">
        {READ_PATHS.map(([name, label]) => (
          <TextField
            key={name}
            label={label}
            mono
            placeholder={name === 'text' ? '$.text' : ''}
            value={template.read[name]}
            onChange={(event) => change({ read: { ...template.read, [name]: event.target.value } })}
            error={error(`template.read.${name}`)}
          />
        ))}
        <TextField
          label="Values: cut at the length limit"
          mono
          value={template.lengthValues}
          onChange={(event) => change({ lengthValues: event.target.value })}
        />
        <TextField
          label="Values: stopped by a filter"
          mono
          value={template.filterValues}
          onChange={(event) => change({ filterValues: event.target.value })}
        />
        {template.stream !== 'none' && (
          <TextField
            label="Data that ends the stream"
            mono
            placeholder="[DONE]"
            value={template.done}
            onChange={(event) => change({ done: event.target.value })}
          />
        )}
      </div>
      <p className="-mt-2 text-12 text-ink-3">
        Paths are JSONPath into the answer, or into each event of a stream.
      </p>
    </Part>
  );
}

export function BodyPart({ form, set, error }: PartProps) {
  return (
    <MorePart
      title="More of the request"
      note="headers, further fields of the body"
      open={form.headers !== '' || form.extra !== ''}
    >
      <div className="grid grid-cols-2 gap-4">
        <TextArea
          label="Extra headers"
          mono
          rows={3}
          placeholder="X-Title: audit"
          value={form.headers}
          onChange={(event) => set({ headers: event.target.value })}
          error={error('headers')}
          hint="One per line. Never a key: headers stand in the report."
        />
        <TextArea
          label="Further fields of the body"
          mono
          rows={3}
          placeholder='{ "user": "audit" }'
          value={form.extra}
          onChange={(event) => set({ extra: event.target.value })}
          error={error('extra')}
          hint="JSON, sent as it stands."
        />
      </div>
      {form.dialect && (
        <p className="text-12 text-ink-2">
          This vendor spells parameters in its own way:{' '}
          {[
            ...Object.entries(form.dialect.renames).map(([from, to]) => `${from} as ${to}`),
            ...(form.dialect.thinking ? ['thinking by its own switch'] : []),
          ].join(', ')}
          .
        </p>
      )}
    </MorePart>
  );
}
