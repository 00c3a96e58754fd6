import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react';

const BOX =
  'w-full rounded-md border border-line-strong bg-raised px-2 text-13 text-ink disabled:text-ink-3 disabled:border-line aria-invalid:border-hit-mark';

interface Frame {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | null | undefined;
  readonly hideLabel?: boolean;
}

function Framed(props: Frame & { readonly id: string; readonly children: ReactNode }) {
  const { label, hint, error, hideLabel, id, children } = props;
  return (
    <div className="min-w-0">
      <label
        htmlFor={id}
        className={hideLabel ? 'sr-only' : 'mb-1 block text-12 font-medium text-ink-2'}
      >
        {label}
      </label>
      {children}
      {error ? (
        <p id={`${id}-note`} role="alert" className="mt-1 text-12 text-hit">
          {error}
        </p>
      ) : hint ? (
        <p id={`${id}-note`} className="mt-1 text-12 text-ink-3">
          {hint}
        </p>
      ) : null}
    </div>
  );
}

const notes = (id: string, { error, hint }: Frame) => ({
  id,
  'aria-invalid': error ? true : undefined,
  'aria-describedby': error || hint ? `${id}-note` : undefined,
});

export function TextField(
  props: Frame & { readonly mono?: boolean } & InputHTMLAttributes<HTMLInputElement>,
) {
  const id = useId();
  const { label, hint, error, hideLabel, mono, className = '', ...rest } = props;
  return (
    <Framed {...{ label, hint, error, id }} hideLabel={hideLabel ?? false}>
      <input
        autoComplete="off"
        spellCheck={false}
        {...rest}
        {...notes(id, props)}
        className={`${BOX} h-8 ${mono ? 'font-mono' : ''} ${className}`}
      />
    </Framed>
  );
}

export function TextArea(
  props: Frame & { readonly mono?: boolean } & TextareaHTMLAttributes<HTMLTextAreaElement>,
) {
  const id = useId();
  const { label, hint, error, hideLabel, mono, className = '', ...rest } = props;
  return (
    <Framed {...{ label, hint, error, id }} hideLabel={hideLabel ?? false}>
      <textarea
        spellCheck={false}
        {...rest}
        {...notes(id, props)}
        className={`${BOX} block py-1.5 leading-5 ${mono ? 'font-mono text-12' : ''} ${className}`}
      />
    </Framed>
  );
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

export function SelectField(
  props: Frame & { readonly options: readonly Option[] } & SelectHTMLAttributes<HTMLSelectElement>,
) {
  const id = useId();
  const { label, hint, error, hideLabel, options, className = '', ...rest } = props;
  return (
    <Framed {...{ label, hint, error, id }} hideLabel={hideLabel ?? false}>
      <select {...rest} {...notes(id, props)} className={`${BOX} h-8 ${className}`}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Framed>
  );
}

interface CheckProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Check({ label, hint, checked, onChange }: CheckProps) {
  const id = useId();
  return (
    <div className="flex gap-2">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        aria-describedby={hint ? `${id}-note` : undefined}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-0.5 size-4 shrink-0 accent-(--accent)"
      />
      <div>
        <label htmlFor={id} className="text-13">
          {label}
        </label>
        {hint && (
          <p id={`${id}-note`} className="text-12 text-ink-3">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

interface RadioProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly {
    readonly value: T;
    readonly label: string;
    readonly hint?: string;
  }[];
  readonly onChange: (value: T) => void;
}

export function Radios<T extends string>({ label, value, options, onChange }: RadioProps<T>) {
  const id = useId();
  return (
    <fieldset>
      <legend className="mb-1 text-12 font-medium text-ink-2">{label}</legend>
      <div className="grid gap-2">
        {options.map((option) => (
          <div key={option.value} className="flex gap-2">
            <input
              id={`${id}-${option.value}`}
              type="radio"
              name={id}
              checked={option.value === value}
              aria-describedby={option.hint ? `${id}-${option.value}-note` : undefined}
              onChange={() => onChange(option.value)}
              className="mt-0.5 size-4 shrink-0 accent-(--accent)"
            />
            <div>
              <label htmlFor={`${id}-${option.value}`}>{option.label}</label>
              {option.hint && (
                <p id={`${id}-${option.value}-note`} className="text-12 text-ink-3">
                  {option.hint}
                </p>
              )}
            </div>
          </div>
        ))}
      </div>
    </fieldset>
  );
}
