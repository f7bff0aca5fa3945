/** How far a baseline's answers for an article are from gold, in the units of its task. */

import type { LayerName, Reading } from "../data";

/** How many units differ, of how many that were answered; of named entities, spans that one of both has alone, of those in either. */
export interface Difference {
  different: number;
  of: number;
}

export function difference(layer: LayerName, gold: Reading, given: Reading): Difference {
  switch (layer) {
    case "structure": {
      const lines = (given.structure ?? []).map((label, at) => [label, gold.structure?.[at]] as const);
      const answered = lines.filter(([label]) => label >= 0);
      return { different: answered.filter(([label, right]) => label !== right).length, of: answered.length };
    }
    case "topic": {
      const right = new Map(
        (gold.topic ?? []).map(([start, end, topics]) => [`${start} ${end}`, topics.join()]),
      );
      return compared(
        (given.topic ?? []).map(([start, end, topics]) => [right.get(`${start} ${end}`), topics.join()]),
      );
    }
    case "stance": {
      const pair = ([start, , holder, target]: NonNullable<Reading["stance"]>[number]) =>
        `${start} ${holder} ${target}`;
      const right = new Map((gold.stance ?? []).map((one) => [pair(one), one[4]]));
      return compared((given.stance ?? []).map((one) => [right.get(pair(one)), one[4]]));
    }
    case "ner": {
      const spans = (reading: Reading) =>
        new Set((reading.ner ?? []).map(([start, end, label]) => `${start} ${end} ${label}`));
      const right = spans(gold);
      const answered = spans(given);
      const shared = [...answered].filter((span) => right.has(span)).length;
      const all = right.size + answered.size - shared;
      return { different: all - shared, of: all };
    }
  }
}

function compared(pairs: readonly (readonly [unknown, unknown])[]): Difference {
  return { different: pairs.filter(([right, given]) => right !== given).length, of: pairs.length };
}
