"""The look of every report."""

from __future__ import annotations

STYLE_SHEET = """\
:root {
  color-scheme: light dark;
  --ground: #ffffff; --ink: #1b1c1d; --soft: #5a6068; --line: #d5d9de; --tint: #f3f5f7;
  --link: #005a9c; --mark: #0072b2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #16181b; --ink: #e8eaed; --soft: #a7adb5; --line: #3a3f46; --tint: #1f2226;
    --link: #7cc0f2; --mark: #56b4e9;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 58rem; background: var(--ground);
  color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
h1 {
  font-size: 1.8rem; line-height: 1.2; margin: 0 0 .5rem; text-wrap: balance;
  overflow-wrap: anywhere;
}
h2 {
  font-size: 1.3rem; line-height: 1.3; margin: 2.75rem 0 .75rem; padding-top: 1rem;
  border-top: 1px solid var(--line); text-wrap: balance;
}
h3 { font-size: 1.1rem; line-height: 1.3; margin: 2rem 0 .5rem; text-wrap: balance; }
h4 {
  font-size: 1rem; line-height: 1.3; margin: 1.5rem 0 .4rem; text-wrap: balance;
  overflow-wrap: anywhere;
}
:is(h2, h3, h4):target { background: var(--tint); }
p, ul, .references { max-width: 44rem; margin: .75rem 0; }
.references { padding-left: 1.6rem; font-size: .92rem; }
.references li + li { margin-top: .35rem; }
.downloads { padding-left: 1.2rem; }
li { overflow-wrap: anywhere; }
.lead { font-size: 1.1rem; color: var(--soft); }
.finding { border-left: 3px solid var(--mark); padding: .1rem 0 .1rem .9rem; }
a { color: var(--link); }
nav ol { columns: 18rem; padding-left: 1.3rem; margin: 1rem 0; }
nav > ol > li { break-inside: avoid; }
nav ul { list-style: none; padding-left: .2rem; margin: .1rem 0 .4rem; font-size: .92rem; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: .5rem; background: var(--ground); padding: .25rem .5rem; }
:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
main:focus { outline: none; }
.table { overflow-x: auto; margin: 1.25rem 0; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
caption {
  text-align: left; color: var(--soft); padding-bottom: .4rem; caption-side: top;
  max-width: min(44rem, calc(100vw - 2.5rem));
}
th, td {
  padding: .22rem .7rem .22rem 0; text-align: left; vertical-align: baseline; font-weight: 400;
}
thead th { border-bottom: 1px solid var(--ink); vertical-align: bottom; font-weight: 600; }
tbody tr + tr > * { border-top: 1px solid var(--line); }
tbody th { min-width: 6.5rem; }
.number { text-align: right; white-space: nowrap; padding-left: .5rem; }
thead .number { white-space: normal; }
figure { margin: 1.5rem 0; }
figure svg { display: block; overflow: visible; }
@media screen and (max-width: 40rem) {
  /* text in a figure stays readable: it scrolls in its own frame, as tables do */
  .drawing { overflow-x: auto; }
  .drawing svg { min-width: 38rem; }
  /* a row of many columns is a paragraph: every number beside the title of its column */
  th, td { overflow-wrap: anywhere; }
  .cards thead {
    display: block; position: absolute; clip-path: inset(50%); height: 1px; width: 1px;
    overflow: hidden;
  }
  .cards :is(table, caption, tbody, tr) { display: block; }
  .cards tr { padding: .35rem 0; }
  .cards tbody tr > * { border: 0; padding: 0 .9rem 0 0; }
  .cards tbody tr + tr { border-top: 1px solid var(--line); }
  .cards tbody th { display: inline-block; font-weight: 600; min-width: 0; }
  .cards td { display: inline-block; text-align: left; white-space: normal; }
  .cards td:empty { display: none; }
  .cards td::before { content: attr(data-head) " "; color: var(--soft); }
}
@media screen and (min-width: 58rem) {
  /* a table that is too wide for the column takes the margins, first the right one, then the left;
     the body's padding stays free, for 100vw knows nothing of a scroll bar */
  .table {
    --margin: calc(50vw - 29rem);
    display: flex; margin-inline: calc(-1 * var(--margin));
  }
  .table::before { content: ""; flex: 0 9999 var(--margin); }
  .table > table { flex: 0 1 max-content; min-width: min-content; }
  .table td:not(.number) { max-width: 24rem; }
  /* where both margins are too little, intervals go below their estimates */
  .number:has(span) { white-space: normal; }
  .number span { white-space: nowrap; }
  .table .digest { overflow-wrap: anywhere; min-width: 18rem; }
}
@media screen {
  /* a shadow at the edge beyond which a frame scrolls */
  :is(.table, .drawing) {
    --shade: rgb(128 128 128 / .45);
    background:
      linear-gradient(to right, var(--ground) 30%, transparent) 0 0 / 2.5rem 100% local,
      linear-gradient(to left, var(--ground) 30%, transparent) 100% 0 / 2.5rem 100% local,
      radial-gradient(farthest-side at 0 50%, var(--shade), transparent) 0 0 / .8rem 100% scroll,
      radial-gradient(farthest-side at 100% 50%, var(--shade), transparent) 100% 0 / .8rem 100%
        scroll;
    background-repeat: no-repeat;
  }
}
figcaption { color: var(--soft); font-size: .875rem; margin-top: .5rem; max-width: 44rem; }
details { margin: 1rem 0; }
summary { cursor: pointer; color: var(--link); }
footer {
  margin-top: 3rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem;
}
@media print {
  :root {
    --ground: #fff; --ink: #000; --soft: #444; --line: #bbb; --link: #000; color-scheme: light;
  }
  @page {
    margin: 16mm 14mm 18mm;
    @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt; color: #444; }
  }
  @page wide { size: A4 landscape; }
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  .skip { display: none; }
  nav a { text-decoration: none; }
  h2, h3, h4, caption { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  thead { display: table-header-group; }
  .table { overflow: visible; }
  .wide { page: wide; }
  caption { max-width: none; }
  table { font-size: 8pt; max-width: 100%; }
  th, td { padding-right: .35rem; overflow-wrap: anywhere; }
  tbody th { min-width: 0; }
  .number { white-space: normal; }
  figcaption, nav ul, .references, footer { font-size: 8.5pt; }
  details::details-content { content-visibility: visible; height: auto; }
  p, ul, .references, figcaption { max-width: none; }
  .references a { text-decoration: none; }
}
"""
"""Light and dark by the reader's setting; print in black on white."""
