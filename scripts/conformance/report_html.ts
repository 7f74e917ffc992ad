import {
  casesOf,
  compareResults,
  type Reason,
  reasonsOf,
  type Report,
  type Result,
  type State,
  STATES,
  summary,
  tellStory,
} from "./report.ts";
import { STYLE } from "./report_style.ts";
import { CONSEQUENCES, SEVERITIES } from "./severity.ts";

/** A sign for each state, so that the page can be read without colours. */
const SIGNS: Record<State, string> = {
  holds: "✓",
  fails: "✗",
  differs: "≠",
  vacuous: "∅",
  unsupported: "–",
  "not shown": "?",
};

const MEANINGS: Record<State, string> = {
  holds: "holds: all generated cases passed, and their number is given",
  fails: "fails: the link leads to the shortest story that was found",
  differs: "differs, as documented by its profile",
  vacuous: "no case failed, but the client fails calls that every store answers rightly",
  unsupported: "the client has no such operation",
  "not shown": "this machine cannot bring the condition about",
};

/**
 * One self-contained page: a matrix of clauses and clients, and the story behind each fault.
 *
 * @param links The beginning of the links to the specification: a relative path or a URL.
 */
export function reportHtml(reports: readonly Report[], links = ""): string {
  const found = new Map(reports.flatMap(({ results }) => results.map((r) => [r.id, r])));
  const clauses = [...found.values()].sort(compareResults);
  const heads = reports.map(({ client }) =>
    `<th scope="col">${text(client.name)}<small>${text(client.version)}</small></th>`
  );
  const bodies = SEVERITIES.map((severity) => {
    const rows = clauses.filter((clause) => clause.severity === severity)
      .map((clause) => row(clause, reports, links));
    if (rows.length === 0) return "";
    const what = `<b>${severity}</b> ${text(CONSEQUENCES[severity])}`;
    return `<tbody>
<tr class="severity"><th scope="rowgroup" colspan="${reports.length + 1}">${what}</th></tr>
${rows.join("\n")}
</tbody>`;
  });
  const legend = STATES.map((state) =>
    `<li><span class="${slug(state)}">${SIGNS[state]}</span> ${MEANINGS[state]}</li>`
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Conformance of RocketMQ's local offset stores</title>
<style>${STYLE}</style>
<main>
<h1>Conformance of RocketMQ’s local offset stores</h1>
<ul class="summary">
${reports.map((report) => `<li>${clientName(report)}: ${text(summary(report))}</li>`).join("\n")}
</ul>
<ul class="legend">${legend.join("")}</ul>
<div class="scroll"><table>
<thead><tr><th scope="col">Clause</th>${heads.join("")}</tr></thead>
${bodies.join("\n")}
</table></div>
${stories(reports)}
<footer>${reports.map(origin).join("<br>")}</footer>
</main>
</html>
`;
}

function row({ id, text: what, specification }: Result, reports: readonly Report[], links: string) {
  const link = `<a href="${text(links + specification)}">${text(id)}</a>`;
  return `<tr><th scope="row"><div><b>${link}</b><span>${text(what)}</span></div></th>` +
    `${reports.map((report, i) => cell(report, i, id)).join("")}</tr>`;
}

const clientName = ({ client }: Report) => `<b>${text(client.name)}</b> ${text(client.version)}`;

function cell({ client, results }: Report, index: number, id: string): string {
  // A narrow page shows this name instead of the heads of columns.
  const name = `data-client="${text(client.name)}"`;
  const result = results.find((each) => each.id === id);
  if (result === undefined) return `<td class="absent" ${name}></td>`;
  const { state, story, reason } = result;
  const content = `<span>${SIGNS[state]}</span> <small>${casesOf(result)}</small>`;
  const title = text(reason === undefined ? state : `${state}: ${reason}`);
  return `<td class="${slug(state)}" ${name} title="${title}">${
    story === undefined ? content : `<a href="#${anchor(index, id)}">${content}</a>`
  }</td>`;
}

function stories(reports: readonly Report[]): string {
  const sections = reports.map((report, index) => {
    const results = report.results.toSorted(compareResults);
    const broken = results.filter(({ story }) => story !== undefined)
      .map((result) => story(report, index, result));
    const others = reasonsOf(results.filter(({ story }) => story === undefined)).map(reasonItem);
    if (broken.length + others.length === 0) return "";
    const list = others.length === 0 ? "" : `<ul class="reasons">${others.join("")}</ul>`;
    return `<h2>${clientName(report)}</h2>${list}${broken.join("\n")}`;
  });
  return sections.join("\n");
}

function reasonItem({ state, reason, ids }: Reason): string {
  return `<li><span class="${slug(state)}">${SIGNS[state]}</span> <b>${text(ids.join(", "))}</b> ` +
    `${state}: ${text(reason)}</li>`;
}

function story({ client }: Report, index: number, result: Result): string {
  const { id, state, text: what, reason } = result;
  const why = reason === undefined ? "" : `<p>Documented by its profile: ${text(reason)}.</p>`;
  return `<details class="${slug(state)}"${state === "fails" ? " open" : ""}>
<summary><span>${SIGNS[state]}</span> <b>${text(id)}</b> ${text(what)}</summary>
<div id="${anchor(index, id)}">${why}<pre>${text(tellStory(client, result))}</pre></div>
</details>`;
}

function origin({ client, seed, runs, seconds }: Report): string {
  return `${text(client.name)} ${text(client.version)}: profile ${text(client.profile)}, ` +
    `${runs} runs, seed ${seed}, ${seconds} s`;
}

const slug = (state: State) => state.replace(" ", "-");
const anchor = (index: number, id: string) => `story-${index}-${id}`;

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text for HTML; characters that a page cannot show are written as code points. */
function text(value: string): string {
  return value.replace(/[&<>"]/g, (c) => ENTITIES[c])
    .replace(/[^\P{Cc}\n]/gu, (c) => `\\u{${c.charCodeAt(0).toString(16)}}`);
}
