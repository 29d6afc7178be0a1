import type { AdminScene } from "../admin_scene.ts";
import { Tabs } from "./tabs.tsx";

const pages = [
  ["keys", "/admin/keys"],
  ["sessions", "/admin/keys/sessions"],
  ["audit", "/admin/keys/audit"],
] as const;

type KeyTabsProps = { readonly scene: AdminScene; readonly current: (typeof pages)[number][0] };

export const KeyTabs = ({ scene, current }: KeyTabsProps) => {
  const { keys: words } = scene.t;
  const tabs = pages.map(([page, href]) => ({
    href,
    text: words.tabs[page],
    isHere: page === current,
  }));
  return <Tabs label={words.title} tabs={tabs} />;
};
