import { wonText } from "../../money_text.ts";
import type { AdminScene } from "../admin_scene.ts";
import { dayText } from "../admin_time.ts";
import type { MoneyMonth } from "@payflow/shared";
import { daysIn } from "../months.ts";

const width = 930;
const plotHeight = 150;
const backHeight = 50;
const left = 0;
const top = 38;

/**
 * A bar a day: above the line what was kept, below it what went back. A drawing of the table beneath it, which is its
 * text for whoever does not see it.
 */
export const MoneyChart = ({ scene, month }: { scene: AdminScene; month: MoneyMonth }) => {
  const { t, language } = scene;
  const { money: words } = t;
  const days = daysIn(month.month);
  const slot = (width - left) / days;
  const bar = Math.min(slot * 0.66, 24);
  const back = (day: MoneyMonth["days"][number]) => Math.max(0, 0 - day.refunded - day.returned);
  const highest = Math.max(1, ...month.days.map(({ captured }) => captured));
  const lowest = Math.max(1, ...month.days.map(back));
  const line = top + plotHeight;
  return (
    <figure class="chart">
      <svg
        viewBox={`0 0 ${width} ${line + backHeight + 22}`}
        role="img"
        aria-label={`${words.chart}. ${words.chartText}`}
      >
        <line class="grid" x1={left} x2={width} y1={top} y2={top} />
        <text class="axis" x={left} y={top - 8}>
          {wonText(highest, language)}
        </text>
        {month.days.map((day) => {
          const number = Number(day.day.slice(8));
          const x = left + (number - 1) * slot + (slot - bar) / 2;
          const up = (day.captured / highest) * plotHeight;
          // refunds are drawn to a scale of their own only where they would leave the drawing
          const scale =
            lowest > (highest * backHeight) / plotHeight
              ? backHeight / lowest
              : plotHeight / highest;
          const down = back(day) * scale;
          return (
            <g>
              <title>
                {`${dayText(day.day, scene)}: ${words.captured} ${wonText(day.captured, language)}, ${words.refunded} ${wonText(day.refunded + day.returned, language)}`}
              </title>
              {up > 0 && <rect class="up" x={x} y={line - up} width={bar} height={up} rx={2} />}
              {down > 0 && <rect class="down" x={x} y={line} width={bar} height={down} rx={2} />}
            </g>
          );
        })}
        <line class="base" x1={left} x2={width} y1={line} y2={line} />
        {Array.from({ length: days }, (_, index) => index + 1)
          .filter((number) => number === 1 || number % 5 === 0)
          .map((number) => (
            <text
              class="axis day"
              x={left + (number - 0.5) * slot}
              y={line + backHeight + 18}
              text-anchor="middle"
            >
              {number}
            </text>
          ))}
      </svg>
      <figcaption>
        <span class="key up">{words.captured}</span>
        <span class="key down">{words.legendBack}</span>
      </figcaption>
    </figure>
  );
};
