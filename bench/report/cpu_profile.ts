/** The part of a .cpuprofile that is read: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
export type CpuProfile = {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      /** From 0 on; -1 of built-in functions. */
      readonly lineNumber: number;
    };
  }[];
  /** The node that was running, at each sample, and the microseconds since the sample before. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
};

export type SelfTime = { readonly name: string; readonly place: string; readonly share: number };

/** The functions with the most self time; idle time is left out. */
export function selfTimes(profile: CpuProfile, most: number): SelfTime[] {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const byFunction = new Map<string, { name: string; place: string; micros: number }>();
  let whole = 0;
  for (const [index, id] of profile.samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined || /^\((idle|root)\)$/.test(frame.functionName)) continue;
    const micros = profile.timeDeltas[index] ?? 0;
    const name = frame.functionName || "(anonymous)";
    const place = placeOf(frame.url, frame.lineNumber);
    const key = `${name} ${place}`;
    const before = byFunction.get(key)?.micros ?? 0;
    byFunction.set(key, { name, place, micros: before + micros });
    whole += micros;
  }
  return [...byFunction.values()]
    .sort((a, b) => b.micros - a.micros)
    .slice(0, most)
    .map(({ name, place, micros }) => ({ name, place, share: micros / whole }));
}

/** The file within its package, without the machine's folders, and the line; else "built in". */
function placeOf(url: string, lineNumber: number): string {
  const path = url.replace(/^file:\/\//, "");
  const parts = path.split("/node_modules/");
  const own = /(?:packages|ui)\/.*$/.exec(path)?.[0] ?? path.replace(/^.*\//, "");
  const file = parts.length > 1 ? parts.at(-1) : own;
  if (!file) return "built in";
  return lineNumber < 0 ? file : `${file}:${lineNumber + 1}`;
}
