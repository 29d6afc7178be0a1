import type { AdminScene } from "../admin_scene.ts";
import { Tabs } from "./tabs.tsx";

const pages = [
  ["overview", "/admin/events"],
  ["deadLetters", "/admin/events/dead-letters"],
  ["webhooks", "/admin/events/webhooks"],
  ["endpoints", "/admin/events/endpoints"],
  ["mails", "/admin/events/mails"],
] as const;

type EventTabsProps = { readonly scene: AdminScene; readonly current: (typeof pages)[number][0] };

export const EventTabs = ({ scene, current }: EventTabsProps) => {
  const { events: words } = scene.t;
  const tabs = pages.map(([page, href]) => ({
    href,
    text: words.tabs[page],
    isHere: page === current,
  }));
  return <Tabs label={words.tabsLabel} tabs={tabs} />;
};
