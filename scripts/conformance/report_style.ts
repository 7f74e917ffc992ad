/** How the page looks: light or dark as the reader has it, and on paper. */
export const STYLE = `
:root { --ink: #1c1f24; --soft: #5b6472; --page: #ffffff; --band: #f4f6f8; --line: #d8dee6;
  --good: #0f6b3a; --good-fill: #e4f4ea; --bad: #a3141f; --bad-fill: #fde7e7;
  --other: #7a4d00; --other-fill: #fdf2d8; --link: #0b57b0; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e7eb; --soft: #9aa5b4; --page: #14171b; --band: #1d2127; --line: #343b45;
    --good: #7fd6a2; --good-fill: #17301f; --bad: #ff9c9c; --bad-fill: #43191c;
    --other: #f2c66d; --other-fill: #38290c; --link: #8fbcff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 84rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; font-weight: 400; margin: 2.5rem 0 .75rem; }
.summary { margin: 0 0 1rem; padding: 0; list-style: none; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0 0 1.25rem; padding: 0;
  list-style: none; color: var(--soft); font-size: .85rem; }
.legend span { display: inline-block; width: 1.5rem; text-align: center; border-radius: .25rem;
  font-weight: 700; }
.reasons { margin: 0 0 1rem; padding: 0; list-style: none; overflow-wrap: anywhere; }
.reasons li { margin-bottom: .4rem; }
.reasons span { display: inline-block; width: 1.5rem; text-align: center; border-radius: .25rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
thead th { vertical-align: bottom; text-align: center; padding: .4rem .6rem;
  border-bottom: 2px solid var(--line); }
thead th:first-child { text-align: left; padding-left: 0; }
thead th:not(:first-child) { max-width: 7.5rem; overflow-wrap: break-word; }
th small { display: block; font-weight: 400; color: var(--soft); }
tbody th { font-weight: 400; text-align: left; padding: .35rem .75rem .35rem 0; min-width: 22rem;
  border-bottom: 1px solid var(--line); }
tbody th div { display: grid; grid-template-columns: 8.5rem 1fr; gap: 0 .75rem;
  align-items: baseline; }
tbody th b { overflow-wrap: anywhere; }
tbody th b { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: .85rem; }
tbody th span { color: var(--soft); }
td { text-align: center; padding: .35rem .5rem; min-width: 5rem; white-space: nowrap;
  border-bottom: 1px solid var(--line); border-left: 3px solid var(--page); }
td span, summary > span { font-weight: 700; }
td small { margin-left: .2rem; opacity: .85; }
td a { color: inherit; display: block; }
th a { color: var(--link); }
.severity th { padding: 1.2rem 0 .3rem; color: var(--soft); }
.severity b { margin-right: .5rem; color: var(--ink); text-transform: uppercase;
  letter-spacing: .04em; font-family: inherit; }
.holds { color: var(--good); background: var(--good-fill); }
.fails, .vacuous { color: var(--bad); background: var(--bad-fill); }
.differs { color: var(--other); background: var(--other-fill); }
.unsupported, .not-shown, .absent { color: var(--soft); background: var(--band); }
details, details.fails, details.differs { margin: 0 0 .75rem; border: 1px solid var(--line); border-radius: .4rem;
  background: var(--page); color: var(--ink); overflow: hidden; }
details > div { scroll-margin-top: 4rem; }
details:has(:target) { outline: 3px solid var(--link); }
summary { cursor: pointer; padding: .5rem .75rem; background: var(--band); }
details.fails > summary > span { color: var(--bad); }
details.differs > summary > span { color: var(--other); }
details p { margin: .6rem .75rem 0; color: var(--soft); }
pre { margin: 0; padding: .75rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere;
  font: .82rem/1.5 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
footer { margin-top: 2.5rem; color: var(--soft); font-size: .85rem; }
@media (max-width: 50rem) {
  main { padding: 1rem .9rem 3rem; }
  h1 { font-size: 1.3rem; }
  thead { display: none; }
  table, tbody, tbody th { display: block; }
  tbody tr { display: flex; flex-wrap: wrap; gap: .3rem; padding: .5rem 0;
    border-bottom: 1px solid var(--line); }
  tbody th { min-width: 0; flex: 1 0 100%; padding: 0; border: 0; }
  tbody th div { display: block; }
  tbody th b { display: block; }
  tbody tr.severity { padding-bottom: .2rem; }
  td { border: 0; border-radius: .3rem; min-width: 0; padding: .15rem .5rem; white-space: normal;
    overflow-wrap: anywhere; text-align: left; }
  td::before { content: attr(data-client) " "; color: var(--ink); font-size: .85rem; }
  td a { display: inline; }
  td.absent { display: none; }
}
@media print {
  :root { --ink: #000; --soft: #444; --page: #fff; --band: #f2f2f2; --line: #bbb;
    --good: #0a5129; --good-fill: #e9f5ed; --bad: #8d0f18; --bad-fill: #fbe3e3;
    --other: #5f3c00; --other-fill: #fbf0d4; }
  body { font-size: 9.5pt; }
  main { max-width: none; padding: 0; }
  table, details { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  thead { display: table-header-group; }
  tr, li { break-inside: avoid; }
  h2, summary { break-after: avoid; }
  tbody th { min-width: 0; }
  tbody th div { grid-template-columns: 9.5rem 1fr; }
  td { min-width: 0; }
  .reasons { margin: 0 0 1rem; padding: 0; list-style: none; overflow-wrap: anywhere; }
.reasons li { margin-bottom: .4rem; }
.reasons span { display: inline-block; width: 1.5rem; text-align: center; border-radius: .25rem; }
.scroll { overflow: visible; }
  details { break-inside: avoid; }
  details::details-content { content-visibility: visible; }
}
`;
