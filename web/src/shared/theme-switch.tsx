import { applyTheme, type Theme, useTheme } from './theme.ts';

const words: Record<Theme, string> = { system: 'As the system', light: 'Light', dark: 'Dark' };
const themes: readonly Theme[] = ['system', 'light', 'dark'];

export function ThemeSwitch() {
  const theme = useTheme();
  return (
    <label className="theme">
      <span className="unseen">Colors</span>
      <select value={theme} onChange={({ target }) => applyTheme(themes.find((one) => one === target.value) ?? 'system')}>
        {themes.map((one) => (
          <option key={one} value={one}>
            {words[one]}
          </option>
        ))}
      </select>
    </label>
  );
}
