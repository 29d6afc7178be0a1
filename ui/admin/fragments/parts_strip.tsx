import type { AdminScene } from "../admin_scene.ts";
import type { PartHealth } from "../contract.ts";

const grouped = new Intl.NumberFormat("en-US");
const percent = new Intl.NumberFormat("en-US", { style: "percent", maximumFractionDigits: 1 });

/** Health of the services, in one line. */
export const PartsStrip = ({
  scene,
  parts,
}: {
  scene: AdminScene;
  parts: readonly PartHealth[];
}) => {
  const { attention: words, frame } = scene.t;
  return (
    <ul class="parts" aria-label={words.health}>
      {parts.map((health) => (
        <li class={health.state}>
          <span class="dot" aria-hidden="true"></span>
          <b>{frame.parts[health.part]}</b> <span class="state">{words.states[health.state]}</span>
          <Calls scene={scene} health={health} />
        </li>
      ))}
    </ul>
  );
};

const Calls = ({ scene, health }: { scene: AdminScene; health: PartHealth }) => {
  const { attention: words } = scene.t;
  const { calls, successRate, medianMs } = health;
  const facts = [
    successRate !== undefined && words.tossRate(percent.format(successRate)),
    medianMs !== undefined && words.tossMedian(grouped.format(Math.round(medianMs))),
    calls !== undefined && words.tossCalls(grouped.format(calls)),
  ].filter(Boolean);
  return facts.length === 0 ? <></> : <span class="muted">{facts.join(" · ")}</span>;
};
