import type { Actor } from "./history.ts";
import type { RecordedEntry } from "./timeline.ts";

/** The result of a decision in a domain: the next state, its events and its timeline entries. */
export type Change<State, Event> = {
  readonly state: State;
  readonly events: readonly Event[];
  readonly entries?: readonly RecordedEntry[];
  /** Rows of the service's journal, inserted with the change. */
  readonly journal?: readonly object[];
};

/** A consumed message. */
export type Message = { readonly id: string; readonly topic: string };

/** Saved with a change. */
export type Recorded = {
  /** The use case. */
  readonly cause: string;
  readonly detail?: unknown;
  /** Set if it is not the actor of the current request or job. */
  readonly actor?: Actor | undefined;
  /** The message that caused the change; it takes effect once. */
  readonly message?: Message | undefined;
};

/** The states of one kind, by their order's id. `More`: further options of a save. */
export type Store<State, Event, More = unknown> = {
  find(orderId: string): Promise<State | undefined>;
  /**
   * Writes a change in one statement: the state, with an optimistic lock on the loaded version, its events and the id of
   * the consumed message. stale: another change came first. handled: the message took effect before.
   */
  save(
    change: Change<State, Event>,
    recorded: Recorded & More,
  ): Promise<"saved" | "stale" | "handled">;
  /** Records a message as handled that changed nothing. */
  markHandled(message: Message): Promise<void>;
};

/** The progress of a sweep, shared by all replicas and kept across restarts. */
export type SweepProgress = {
  read(): Promise<string | undefined>;
  advance(doneUntil: string): Promise<void>;
  /** Moves back to an earlier time, after rows from then on were lost. */
  goBack(doneUntil: string): Promise<void>;
};
