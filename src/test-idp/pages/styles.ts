/** One sheet for every page: small, no images, no fonts to fetch. Contrast is AA in both schemes. */
export const styles = `
:root {
  color-scheme: light dark;
  --page: #f6f6f9; --card: #ffffff; --text: #1c1c28; --soft: #55556a; --line: #d9d9e3; --control: #8a8a9e;
  --accent: #4f3fc4; --accent-text: #ffffff; --hover: #f0eefc; --banner: #ffe9a8; --banner-text: #4a3500; --bad: #b3261e; --code: #efeff5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #131319; --card: #1c1c25; --text: #ececf3; --soft: #b0b0c2; --line: #34343f; --control: #7d7d92;
    --accent: #b3a8ff; --accent-text: #17132e; --hover: #282638; --banner: #3d3210; --banner-text: #ffe9a8; --bad: #ff9a91; --code: #272732;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.banner { background: var(--banner); color: var(--banner-text); padding: .5rem 1rem; text-align: center; font-size: .875rem; }
.banner a { color: inherit; }
main { max-width: 48rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
main.narrow { max-width: 30rem; }
h1 { font-size: 1.625rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.0625rem; margin: 0 0 .75rem; }
p { margin: 0 0 1rem; }
a { color: var(--accent); }
h1 + .card { margin-top: 1rem; }
.soft { color: var(--soft); }
.small { font-size: .875rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem; margin: 0 0 1rem; }
.card > :last-child, .card form > :last-child { margin-bottom: 0; }
ul.plain { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; }
ul.tiles { grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875em; overflow-wrap: anywhere; }
code { background: var(--code); border-radius: .25rem; padding: .1em .3em; }
pre { background: var(--code); border-radius: .5rem; padding: .75rem; margin: .75rem 0 0; max-height: 24rem; overflow: auto; white-space: pre-wrap; }
dl { margin: 0; display: grid; gap: .75rem; }
dt { color: var(--soft); font-size: .875rem; }
dd { margin: 0; overflow-wrap: anywhere; }
label { display: block; font-weight: 600; font-size: .875rem; margin: 0 0 .25rem; }
.hint { color: var(--soft); font-size: .8125rem; margin: .25rem 0 0; }
.field { margin: 0 0 1rem; }
.pair { display: grid; gap: 0 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 11rem), 1fr)); }
.check { display: flex; gap: .5rem; align-items: center; min-height: 2rem; font-weight: 400; font-size: 1rem; }
.check input { width: 1.125rem; height: 1.125rem; accent-color: var(--accent); flex: none; }
input:not([type=checkbox]), select, textarea { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--control); border-radius: .5rem; }
textarea { min-height: 5rem; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .8125rem; }
[aria-invalid=true] { border-color: var(--bad); border-width: 2px; }
.alert { color: var(--bad); font-weight: 600; font-size: .875rem; margin: .5rem 0 0; }
button { display: inline-flex; align-items: center; justify-content: center; min-height: 2.75rem; padding: .5rem 1.125rem; font: inherit; font-weight: 600; color: var(--accent-text); background: var(--accent); border: 1px solid var(--accent); border-radius: .5rem; cursor: pointer; text-decoration: none; }
button.quiet { color: var(--text); background: var(--card); border-color: var(--control); }
button.row, a.row { display: block; width: 100%; padding: .625rem .875rem; text-align: left; font-weight: 400; color: var(--text); background: var(--card); border: 1px solid var(--line); border-radius: .5rem; text-decoration: none; }
.row strong, .row small { display: block; overflow-wrap: anywhere; }
.row small { color: var(--soft); font-size: .8125rem; line-height: 1.4; }
button.row:hover, a.row:hover, button.quiet:hover { background: var(--hover); border-color: var(--accent); }
.buttons { display: flex; flex-wrap: wrap; gap: .5rem; }
.buttons > * { flex: 1 1 auto; }
.item { border-top: 1px solid var(--line); padding-top: .75rem; }
.item > p { margin-bottom: .5rem; }
.item > details { margin-top: .5rem; }
.spaced { margin-top: 1rem; }
.entry { border-top: 1px solid var(--line); padding: .5rem 0; }
.entry code { overflow-wrap: anywhere; }
.entry small { display: block; font-weight: 400; }
summary { cursor: pointer; font-weight: 600; min-height: 1.75rem; }
form > details { margin: 0 0 .5rem; }
details[open] > summary { margin-bottom: .75rem; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-top: 1px solid var(--line); overflow-wrap: break-word; }
td code { overflow-wrap: normal; }
thead th { border-top: 0; color: var(--soft); font-weight: 600; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 40rem) {
  table.stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table.stack, table.stack tbody, table.stack tr, table.stack td, table.stack th { display: block; }
  table.stack tr { border-top: 1px solid var(--line); padding: .5rem 0; }
  table.stack td, table.stack th { border: 0; padding: 0; overflow-wrap: anywhere; }
}
`
