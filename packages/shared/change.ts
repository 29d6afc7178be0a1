/** What a decision of the domain leaves behind: the next state and the events that it causes. */
export type Change<State, Event> = {
  readonly state: State;
  readonly events: readonly Event[];
};

/** For the `default` of a switch over a union: the compiler fails when a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`Unexpected case: ${JSON.stringify(value)}`);
}
