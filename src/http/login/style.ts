import type { Brand } from '#domain/branding/brand.ts'
import { cardColors, type ShownColors } from '#domain/branding/settings.ts'

const fontStacks = {
  system: 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif',
  humanist: 'Seravek,"Gill Sans Nova",Ubuntu,Calibri,"DejaVu Sans",source-sans-pro,sans-serif',
  geometric: 'Avenir,Montserrat,Corbel,"URW Gothic",source-sans-pro,sans-serif',
  serif: 'Charter,"Bitstream Charter","Sitka Text",Cambria,"Noto Serif",serif',
  monospace: 'ui-monospace,"Cascadia Code","Source Code Pro",Menlo,Consolas,"DejaVu Sans Mono",monospace',
} as const

/** Colours that are not the brand's, each at least 4.5:1 on the card, or 3:1 where they only draw an outline. */
const fixed = {
  light: {
    card: cardColors.light,
    ink: '#1c2024',
    soft: '#5b6169',
    line: '#dfe1e6',
    outline: '#868b94',
    alarm: '#b42318',
    alarmWash: '#fef3f2',
    good: '#1a6b3c',
    goodWash: '#edf8f1',
    hover: '#f2f3f5',
  },
  dark: {
    card: cardColors.dark,
    ink: '#eceef0',
    soft: '#a9aeb6',
    line: '#2e3237',
    outline: '#757b84',
    alarm: '#ff9a92',
    alarmWash: '#331a19',
    good: '#7fd6a2',
    goodWash: '#15291d',
    hover: '#24272b',
  },
} as const

function variables(theme: keyof typeof fixed, colors: ShownColors): string {
  const values = {
    ...fixed[theme],
    page: colors.pageBackground,
    button: colors.buttonBackground,
    'button-text': colors.buttonText,
    link: colors.link,
  }
  const named = Object.entries(values).map(([name, value]) => `--${name.replace('W', '-w')}:${value}`)
  return `color-scheme:${theme};${named.join(';')}`
}

/** The sheet of one environment. Everything in it was checked to be a colour, a number or one of our own words. */
export function sheetOf({ settings, colors }: Brand): string {
  const dark = variables('dark', colors.dark)
  return `:root{--radius:${settings.radius}px;--font:${fontStacks[settings.font]}}
.light-theme,.system-theme{${variables('light', colors.light)}}
.dark-theme{${dark}}
@media (prefers-color-scheme:dark){.system-theme{${dark}}}
${layout}`
}

const layout = `*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 var(--font);-webkit-text-size-adjust:100%}
.ak-Background{min-height:100vh;min-height:100dvh;display:grid;place-items:center;padding:32px 16px;background:var(--page)}
.ak-Card{width:100%;max-width:412px;background:var(--card);border:1px solid var(--line);border-radius:calc(var(--radius) + 6px);padding:36px 32px 32px;overflow-wrap:anywhere;box-shadow:0 1px 2px rgb(0 0 0/.04),0 12px 32px -12px rgb(0 0 0/.12)}
.ak-Header{margin-bottom:20px}
.ak-Logo{display:block;max-height:48px;max-width:220px;margin-bottom:20px}
.ak-Heading{font-size:1.375rem;line-height:1.3;font-weight:650;letter-spacing:-.01em;margin:0 0 6px}
[dir=rtl] .ak-Heading{letter-spacing:0}
.ak-Text{margin:0 0 14px;color:var(--soft)}
.ak-Header .ak-Text{margin:0}
form{margin:0}
.ak-Field{margin:0 0 16px}
.ak-Label{display:block;font-size:.9rem;font-weight:550;margin-bottom:6px}
.ak-LabelRow{display:flex;justify-content:space-between;gap:12px;align-items:baseline}
.ak-Input{width:100%;min-height:46px;padding:10px 12px;border:1px solid var(--outline);border-radius:var(--radius);background:var(--card);color:var(--ink);font:inherit}
.ak-Input[aria-invalid]{border-color:var(--alarm);border-width:2px}
.ak-Code{font-size:1.4rem;letter-spacing:.4em;text-align:center;font-variant-numeric:tabular-nums;font-family:ui-monospace,Menlo,Consolas,monospace}
.ak-Spelled{font-size:1.25rem;letter-spacing:.14em;text-align:center;text-transform:uppercase;font-family:ui-monospace,Menlo,Consolas,monospace}
.ak-DeviceCode{margin:0 0 16px;padding:14px 12px;border:1px solid var(--line);border-radius:var(--radius);background:var(--hover);font:600 1.6rem/1.3 ui-monospace,Menlo,Consolas,monospace;letter-spacing:.14em;text-align:center}
.ak-Error{color:var(--alarm);font-size:.9rem;margin:6px 0 0}
.ak-Alert,.ak-Notice{border-radius:var(--radius);padding:10px 14px;margin:0 0 16px;font-size:.95rem}
.ak-Alert{background:var(--alarm-wash);color:var(--alarm)}
.ak-Notice{background:var(--good-wash);color:var(--good)}
.ak-PrimaryButton,.ak-AuthButton,.ak-SecondaryButton{display:flex;align-items:center;justify-content:center;gap:10px;width:100%;min-height:46px;padding:10px 16px;border-radius:var(--radius);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer;position:relative}
.ak-PrimaryButton{border:1px solid transparent;background:var(--button);color:var(--button-text)}
.ak-PrimaryButton:hover{box-shadow:inset 0 0 0 100px rgb(127 127 127/.12)}
.ak-AuthButton,.ak-SecondaryButton{border:1px solid var(--outline);background:var(--card);color:var(--ink);font-weight:550}
.ak-AuthButton:hover,.ak-SecondaryButton:hover{background:var(--hover)}
.ak-Stack{display:grid;gap:10px}
.ak-Above{margin-bottom:10px}
.ak-Badge{position:absolute;inset-block-start:-9px;inset-inline-end:10px;padding:0 8px;border-radius:99px;background:var(--card);border:1px solid var(--outline);font-size:.75rem;line-height:1.5;font-weight:550;color:var(--ink)}
.ak-Divider{display:flex;align-items:center;gap:12px;margin:20px 0;color:var(--soft);font-size:.9rem}
.ak-Divider::before,.ak-Divider::after{content:"";flex:1;border-top:1px solid var(--line)}
.ak-Link,.ak-LinkButton{color:var(--link);font:inherit;font-weight:550;text-decoration:underline;text-decoration-thickness:1px;text-underline-offset:3px}
.ak-LinkButton{border:0;padding:4px 0;background:none;cursor:pointer}
.ak-Reveal{font-size:.9rem}
.ak-Account{display:flex;justify-content:space-between;gap:12px;align-items:center;margin:0 0 16px;padding:8px 14px;min-height:46px;border:1px solid var(--line);border-radius:var(--radius);background:var(--card)}
.ak-Account span{min-width:0}
.ak-Account .ak-Link,.ak-Account .ak-LinkButton{flex:none}
.ak-Footer{margin-top:20px;font-size:.93rem;color:var(--soft);display:grid;gap:8px}
.ak-Footer p{margin:0}
.ak-Legal{margin-top:20px;display:flex;flex-wrap:wrap;gap:8px 20px;justify-content:center;font-size:.85rem}
.ak-Names{display:grid;grid-template-columns:1fr 1fr;gap:0 12px}
.ak-Rules{margin:0 0 16px;padding:0;font-size:.9rem;color:var(--soft)}
.ak-Rules ul{margin:4px 0 0;padding-inline-start:20px}
.ak-Picture{display:block;width:196px;height:196px;margin:0 auto 16px;background:#fff;padding:8px;border-radius:8px}
.ak-Secret{display:flex;align-items:center;gap:12px;padding:10px 12px;border:1px solid var(--line);border-radius:var(--radius);background:var(--card);font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.95rem}
.ak-Secret code{flex:1;min-width:0;font:inherit}
.ak-Codes{display:grid;grid-template-columns:1fr 1fr;gap:6px 16px;margin:0 0 16px;padding:14px 16px;list-style:none;border:1px solid var(--line);border-radius:var(--radius);background:var(--hover);font-family:ui-monospace,Menlo,Consolas,monospace}
.ak-Organization{justify-content:flex-start;text-align:start}
.ak-Initial{flex:none;width:26px;height:26px;border-radius:7px;display:grid;place-items:center;background:var(--line);font-size:.85rem;font-weight:650}
.ak-Facts{margin:0 0 16px;display:grid;gap:10px}
.ak-Facts dt{color:var(--soft);font-size:.85rem}
.ak-Facts dd{margin:0;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.9rem}
.ak-Details{margin-top:20px;font-size:.9rem}
.ak-Details pre{white-space:pre-wrap;font-size:.85rem}
[data-busy]{opacity:.65;cursor:progress}
[hidden]{display:none!important}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.ak-Hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:480px){.ak-Background{padding:0;place-items:start stretch;background:var(--card)}.ak-Card{max-width:none;border:0;box-shadow:none;border-radius:0;padding:28px 20px}}
@media (max-width:360px){.ak-Names{grid-template-columns:1fr}.ak-Code{letter-spacing:.25em}}
@media (prefers-reduced-motion:no-preference){.ak-PrimaryButton,.ak-AuthButton,.ak-SecondaryButton,.ak-Input{transition:background .12s,box-shadow .12s,border-color .12s}}
@media (forced-colors:active){.ak-PrimaryButton{border-color:ButtonText}}`
