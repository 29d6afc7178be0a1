import type { RecordedEntry } from "./timeline.ts";

/** What a decision of the domain leaves behind: the next state, the events that it causes, and its timeline entries. */
export type Change<State, Event> = {
  readonly state: State;
  readonly events: readonly Event[];
  readonly entries?: readonly RecordedEntry[];
  /** Rows of the service's journal, written with the change and never again. */
  readonly journal?: readonly object[];
};
