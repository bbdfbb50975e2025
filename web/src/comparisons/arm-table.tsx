import type { ArmSummary } from 'planwright/browser';
import { formatCount, formatDuration, formatPercent, formatUsd } from '../shared/figures.ts';

/** Each arm's success and its means over its runs. */
export function ArmTable({ arms }: { arms: readonly ArmSummary[] }) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Arms">
      <table>
        <thead>
          <tr>
            <th scope="col">Arm</th>
            <th scope="col" className="number">
              Success
            </th>
            <th scope="col" className="number">
              Tokens a run
            </th>
            <th scope="col" className="number">
              Cost a run
            </th>
            <th scope="col" className="number">
              Time a run
            </th>
          </tr>
        </thead>
        <tbody>
          {arms.map(({ arm, success, tokens, usd, seconds }) => (
            <tr key={arm}>
              <th scope="row">{arm}</th>
              <td className="number">{success.n === 0 ? '–' : formatPercent(success.k / success.n)}</td>
              <td className="number">{tokens === null ? '–' : formatCount(tokens)}</td>
              <td className="number">{formatUsd(usd)}</td>
              <td className="number">{seconds === null ? '–' : formatDuration(seconds * 1000)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
