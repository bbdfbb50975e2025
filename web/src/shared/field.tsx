/** A control with its label and a hint: the hint describes the control and is not its name. */
import { type ReactNode, useId } from 'react';

interface FieldIds {
  id: string;
  'aria-describedby'?: string;
}

export interface FieldProps {
  label: string;
  hint?: ReactNode;
  children: (ids: FieldIds) => ReactNode;
}

export function Field({ label, hint, children }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(hint === undefined ? { id } : { id, 'aria-describedby': `${id}-hint` })}
      {hint === undefined ? null : (
        <small className="quiet" id={`${id}-hint`}>
          {hint}
        </small>
      )}
    </div>
  );
}
