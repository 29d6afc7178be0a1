import { wonText } from "../../money_text.ts";
import type { AdminScene } from "../admin_scene.ts";
import { dayText } from "../admin_time.ts";
import type { MoneyMonth } from "@payflow/back-office";
import { daysIn } from "../months.ts";

/** Units of the drawing, which stretches to the available width; texts are outside it. */
const slot = 10;
const bar = 6.5;
const above = 100;
const below = 34;

type Day = MoneyMonth["days"][number];
const wentBack = ({ refunded, returned }: Day) => Math.max(0, 0 - refunded - returned);

/**
 * One bar per day: captured above the line, refunded and returned below it. The table under the chart has the same
 * figures as text.
 */
export const MoneyChart = ({ scene, month }: { scene: AdminScene; month: MoneyMonth }) => {
  const { t, language } = scene;
  const { money: words } = t;
  const numbers = Array.from({ length: daysIn(month.month) }, (_, index) => index + 1);
  const width = numbers.length * slot;
  const highest = Math.max(1, ...month.days.map(({ captured }) => captured));
  const lowest = Math.max(...month.days.map(wentBack));
  // the same scale below the line, unless the bars there would leave the drawing
  const scaleBelow = Math.min(above / highest, below / Math.max(1, lowest));
  return (
    <figure class="chart">
      <p class="axis" aria-hidden="true">
        {wonText(highest, language)}
      </p>
      <svg
        viewBox={`0 0 ${width} ${above + below}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${words.chart}. ${words.chartText}`}
      >
        {month.days.map((day) => {
          const x = (Number(day.day.slice(8)) - 1) * slot + (slot - bar) / 2;
          const up = (day.captured / highest) * above;
          const down = wentBack(day) * scaleBelow;
          return (
            <g>
              <title>{titleOf(scene, day)}</title>
              {up > 0 && <rect class="up" x={x} y={above - up} width={bar} height={up} />}
              {down > 0 && <rect class="down" x={x} y={above} width={bar} height={down} />}
            </g>
          );
        })}
        <line class="base" x1={0} x2={width} y1={above} y2={above} />
      </svg>
      <p class="axis days" aria-hidden="true">
        {numbers.map((number) => (
          <span>{number === 1 || number % 5 === 0 ? number : ""}</span>
        ))}
      </p>
      <figcaption>
        <span class="key up">{words.captured}</span>
        <span class="key down">{words.legendBack}</span>
      </figcaption>
    </figure>
  );
};

function titleOf(scene: AdminScene, day: Day): string {
  const { t, language } = scene;
  const came = `${t.money.captured} ${wonText(day.captured, language)}`;
  const went = `${t.money.legendBack} ${wonText(day.refunded + day.returned, language)}`;
  return `${dayText(day.day, scene)}: ${came}, ${went}`;
}
