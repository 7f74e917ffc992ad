import { CURVES } from "./growth.ts";
import type { Figure } from "./section.ts";

const [WIDTH, HEIGHT] = [720, 400];
const [LEFT, RIGHT, TOP, BOTTOM] = [84, 150, 40, 48];
/** Told apart by those who cannot tell red from green, on white and on black. */
const COLORS = ["#0072b2", "#d55e00", "#009e73", "#a05fa0"];

/** Draws the growth figures, both axes logarithmic; readable on a light and on a dark page. */
export function plotGrowth(figures: readonly Figure[], caption: string): string {
  const curves = CURVES.map((name, i) => ({
    name,
    color: COLORS[i],
    points: figures.filter(({ what }) => what === `growth ${name}`),
  })).filter(({ points }) => points.length > 0);
  const all = curves.flatMap(({ points }) => points);
  const [x, xTicks] = axis(all.map(({ queues }) => queues), LEFT, WIDTH - RIGHT);
  const [y, yTicks] = axis(all.map(({ value }) => value), HEIGHT - BOTTOM, TOP);
  const last = (points: readonly Figure[]) => y(points.at(-1)!.value);
  const labels = spread(curves.map(({ points }) => last(points)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ` +
    `font-family="system-ui, sans-serif" font-size="12" role="img">`,
    `<title>${escape(caption)}</title>`,
    "<style>text{fill:#333}.grid{stroke:#8886;stroke-width:.5}" +
    "@media(prefers-color-scheme:dark){text{fill:#ddd}}</style>",
    `<text x="${LEFT}" y="20" font-size="13">${escape(caption)}</text>`,
    ...xTicks.map((tick) =>
      `<path class="grid" d="M${x(tick)} ${TOP}V${HEIGHT - BOTTOM}"/>` +
      `<text x="${x(tick)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${label(tick)}</text>`
    ),
    ...yTicks.map((tick) =>
      `<path class="grid" d="M${LEFT} ${y(tick)}H${WIDTH - RIGHT}"/>` +
      `<text x="${LEFT - 8}" y="${y(tick) + 4}" text-anchor="end">${label(tick)} ms</text>`
    ),
    `<text x="14" y="${(TOP + HEIGHT - BOTTOM) / 2}" text-anchor="middle" ` +
    `transform="rotate(-90 14 ${(TOP + HEIGHT - BOTTOM) / 2})">time of a persist</text>`,
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">queues</text>`,
    ...curves.flatMap(({ name, color, points }, i) => [
      `<path fill="none" stroke="${color}" stroke-width="2" d="M${
        points.map(({ queues, value }) => `${x(queues)} ${y(value)}`).join("L")
      }"/>`,
      ...points.map(({ queues, value }) =>
        `<circle cx="${x(queues)}" cy="${y(value)}" r="3" fill="${color}"/>`
      ),
      `<text x="${WIDTH - RIGHT + 10}" y="${labels[i] + 4}" style="fill:${color}">${
        escape(name)
      }</text>`,
    ]),
    "</svg>\n",
  ].join("\n");
}

/** A logarithmic axis from one power of ten to another, and its ticks. */
function axis(
  values: readonly number[],
  from: number,
  to: number,
): [(value: number) => number, number[]] {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const place = (value: number) =>
    Math.round(10 * (from + (to - from) * (Math.log10(value) - low) / (high - low))) / 10;
  return [place, Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i))];
}

/** Moves labels apart that would lie over each other. */
function spread(places: readonly number[]): number[] {
  const moved = [...places];
  const order = moved.map((_, i) => i).sort((a, b) => places[a] - places[b]);
  for (let i = 1; i < order.length; i++) {
    moved[order[i]] = Math.max(moved[order[i]], moved[order[i - 1]] + 16);
  }
  return moved;
}

function label(value: number): string {
  return value >= 1 ? Math.round(value).toLocaleString("en") : String(Number(value.toFixed(6)));
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
