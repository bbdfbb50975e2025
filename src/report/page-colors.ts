/** The colors of what pages show, as declarations of CSS variables, which the plots name too. Series: see plots/palette.ts. */
export const lightColors = `--pw-paper: #ffffff; --pw-ink: #1b1f24; --pw-quiet: #57606a; --pw-line: #d5dae0; --pw-panel: #f5f7f9; --pw-link: #005a9c;
  --pw-1: #0072b2; --pw-2: #d55e00; --pw-3: #009e73; --pw-4: #cc79a7; --pw-5: #e69f00; --pw-6: #56b4e9; --pw-7: #6e7781; --pw-8: #f0e442;
  --pw-on-1: #ffffff; --pw-on-7: #ffffff;`;

/** Those that are others in the dark. */
export const darkColors = `--pw-paper: #14171b; --pw-ink: #e6e9ed; --pw-quiet: #a3adb8; --pw-line: #3a424b; --pw-panel: #1d2228; --pw-link: #7cc4f5;
    --pw-1: #56b4e9; --pw-2: #f2803a; --pw-3: #1fbf90; --pw-4: #dc93bb; --pw-6: #2f8fd0; --pw-7: #9aa4af;
    --pw-on-1: #111111; --pw-on-7: #111111;`;
