const paths = {
  clock: "M12 7v5l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18",
  check: "M7.5 12.5l3 3 6-7M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18",
  cross: "M9 9l6 6m0-6l-6 6M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18",
  dots: "M8 12h.01M12 12h.01M16 12h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18",
  back: "M9 14l-4-4 4-4M5 10h9a5 5 0 0 1 0 10h-3",
  bank: "M4 10h16L12 4 4 10zM6 10v7m4-7v7m4-7v7m4-7v7M4 20h16",
  alert:
    "M12 8v5m0 3h.01M10.3 4.2L2.9 17a2 2 0 0 0 1.7 3h14.8a2 2 0 0 0 1.7-3L13.7 4.2a2 2 0 0 0-3.4 0z",
  info: "M12 11v5m0-8h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
  bars: "M4 20h16M7 20v-7m5 7V5m5 15v-11",
  flow: "M4 7h12l-3-3m3 3l-3 3M20 17H8l3-3m-3 3l3 3",
  key: "M14.5 9.5a4.5 4.5 0 1 0-3.2 4.3L13 15.5h2V17h1.5v1.5H18V20h2.5v-2.5L14 11.6",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm5-2l4 4",
  bag: "M6 8h12l1 12H5L6 8zm3 0V7a3 3 0 0 1 6 0v1",
} as const;
export type IconName = keyof typeof paths;

/** A decorative line drawing; the text beside it has the meaning. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg
    class="icon"
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.8"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    <path d={paths[name]} />
  </svg>
);
