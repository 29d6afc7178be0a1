// Formats numbers for the tables. A value that could not be measured is a dash.
import { shortNumber } from "./svg_chart.ts";

export { median } from "./percentiles.ts";

export const cell = (value: number | undefined): string => shortNumber(value ?? NaN);
export const ms = (value: number | undefined): string => withUnit(value, "ms");
export const micros = (value: number | undefined): string => withUnit(value, "µs");
export const times = (value: number | undefined): string => withUnit(value, "×", 2);
export const megabytes = (value: number | undefined): string => withUnit(value, "MB", 0);
export const percent = (share: number | undefined): string =>
  withUnit(share === undefined ? undefined : share * 100, "%", 0);
export const perSecond = (value: number | undefined): string =>
  value === undefined || !Number.isFinite(value) ? "–" : Math.round(value).toLocaleString("en-US");

function withUnit(value: number | undefined, unit: string, digits?: number): string {
  if (value === undefined || !Number.isFinite(value)) return "–";
  return `${digits === undefined ? shortNumber(value) : value.toFixed(digits)} ${unit}`;
}
