import { type Report, type Result, type State, STATES, summary, tellStory } from "./report.ts";
import { STYLE } from "./report_style.ts";

/** Each state's sign, so that nobody needs to see colours. */
const SIGNS: Record<State, string> = {
  holds: "✓",
  fails: "✗",
  differs: "≠",
  unsupported: "–",
  "not shown": "?",
};

const MEANINGS: Record<State, string> = {
  holds: "holds, in so many cases",
  fails: "fails: the link leads to the shortest story that was found",
  differs: "differs, as documented by its profile",
  unsupported: "the client has no such operation",
  "not shown": "could not be brought about",
};

/** One self-contained page: a matrix of clauses and clients, and the story behind each fault. */
export function reportHtml(reports: readonly Report[]): string {
  const clauses = new Map(reports.flatMap(({ results }) => results.map((r) => [r.id, r.text])));
  const heads = reports.map(({ client }) =>
    `<th scope="col">${text(client.name)}<small>${text(client.version)}</small></th>`
  );
  const rows = [...clauses].map(([id, what]) =>
    `<tr><th scope="row"><div><b>${text(id)}</b><span>${text(what)}</span></div></th>` +
    `${reports.map((report, i) => cell(report, i, id)).join("")}</tr>`
  );
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
<tbody>
${rows.join("\n")}
</tbody>
</table></div>
${stories(reports)}
<footer>${reports.map(origin).join("<br>")}</footer>
</main>
</html>
`;
}

const clientName = ({ client }: Report) => `<b>${text(client.name)}</b> ${text(client.version)}`;

function cell({ results }: Report, index: number, id: string): string {
  const result = results.find((each) => each.id === id);
  if (result === undefined) return `<td class="absent"></td>`;
  const { state, cases, story, reason } = result;
  const sign = `<span>${SIGNS[state]}</span>`;
  const title = reason === undefined ? state : `${state}: ${reason}`;
  const content = story === undefined
    ? `${sign}${cases > 0 ? `<small>${cases}</small>` : ""}`
    : `<a href="#${anchor(index, id)}">${sign}<small>${calls(story.length)}</small></a>`;
  return `<td class="${slug(state)}" title="${text(title)}">${content}</td>`;
}

function stories(reports: readonly Report[]): string {
  const sections = reports.map((report, index) => {
    const broken = report.results.filter(({ story }) => story !== undefined);
    if (broken.length === 0) return "";
    return `<h2>${clientName(report)}</h2>` +
      broken.map((result) => story(report, index, result)).join("\n");
  });
  return sections.join("\n");
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

const calls = (count: number) => count === 1 ? "1 step" : `${count} steps`;
const slug = (state: State) => state.replace(" ", "-");
const anchor = (index: number, id: string) => `story-${index}-${id}`;

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text for HTML; characters that a page cannot show are written as code points. */
function text(value: string): string {
  return value.replace(/[&<>"]/g, (c) => ENTITIES[c])
    .replace(/[^\P{Cc}\n]/gu, (c) => `\\u{${c.charCodeAt(0).toString(16)}}`);
}
