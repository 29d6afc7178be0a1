import type { AdminScene } from "../admin_scene.ts";
import { ageText } from "../admin_time.ts";
import type { AttentionItem } from "../contract.ts";

/** Operations on this order's money with an unknown outcome, and the time of the next query. */
export const OpenEnds = ({
  scene,
  items,
}: {
  scene: AdminScene;
  items: readonly AttentionItem[];
}) => {
  const { order: words, attention } = scene.t;
  if (items.length === 0) return <></>;
  return (
    <section class="panel warn" aria-labelledby="open-title">
      <h2 id="open-title">{words.open}</h2>
      <ul class="open-ends">
        {items.map((item) => (
          <li>
            <b>{attention.kinds[item.kind].title}</b>
            <p>{attention.kinds[item.kind].why}</p>
            <p class="small">
              {[
                item.since !== null && `${attention.since} ${ageText(item.since, scene)}`,
                item.nextAt && `${attention.next} ${ageText(item.nextAt, scene)}`,
                item.detail !== undefined && `${attention.response}: ${item.detail}`,
              ]
                .filter(Boolean)
                .join(" · ")}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
};
