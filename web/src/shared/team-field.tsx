/** The choice among the teams that the server offers. */
import { Field } from './field.tsx';

export interface TeamFieldProps {
  teams: readonly { name: string; description: string }[];
  team: string;
  onChoose: (team: string) => void;
}

export function TeamField({ teams, team, onChoose }: TeamFieldProps) {
  const chosen = teams.find(({ name }) => name === team);
  return (
    <Field label="Team" hint={chosen?.description}>
      {(ids) => (
        <select {...ids} name="team" value={team} onChange={({ target }) => onChoose(target.value)}>
          {teams.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
    </Field>
  );
}
