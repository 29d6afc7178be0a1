import type { RecordedEntry } from "./timeline.ts";

/** The result of a decision in a domain: the next state, its events and its timeline entries. */
export type Change<State, Event> = {
  readonly state: State;
  readonly events: readonly Event[];
  readonly entries?: readonly RecordedEntry[];
  /** Rows of the service's journal, inserted with the change. */
  readonly journal?: readonly object[];
};
