/** Two readings of an article laid over each other: what both say, and what only one does. */

import type { Article, Reading } from "../data";

/** Where a thing stands: in both readings, only in the one shown, only in the one it is compared with, or in both with
 * something about it told otherwise. Null where nothing is compared. */
export type State = "same" | "here" | "there" | "other" | null;

export interface EntityMark {
  start: number;
  end: number;
  label: number;
  entity: string | null;
  state: State;
  /** The entity it is linked to in the other reading, where that differs. */
  otherwise: string | null;
}

export interface StanceMark {
  passage: [number, number];
  holder: string;
  target: number;
  label: number;
  start: number;
  end: number;
  state: State;
  /** The other reading's label, where it differs. */
  otherLabel: number | null;
  /** Whether the other reading has other evidence for the same label. */
  otherEvidence: boolean;
}

export interface TopicMark {
  topic: number;
  state: State;
}

export interface LineMark {
  label: number;
  /** The other reading's label, where it differs. */
  other: number | null;
}

export interface Overlay {
  lines: LineMark[];
  topics: Map<string, { start: number; end: number; topics: TopicMark[] }>;
  stances: StanceMark[];
  entities: EntityMark[];
  /** How many differences there are. */
  differences: number;
}

/** What `shown` says, layer by layer, compared with `other` where it has the layer. A layer that `shown` lacks is that of
 * gold, and compared with nothing. */
export function overlay(article: Article, shown: Reading, other: Reading | null): Overlay {
  const gold = article.readings["gold"]!;
  const pick = <L extends keyof Reading>(layer: L) => {
    const has = shown[layer] !== undefined;
    return {
      mine: (has ? shown[layer] : gold[layer]) as NonNullable<Reading[L]>,
      theirs: (has ? (other?.[layer] ?? null) : null) as NonNullable<Reading[L]> | null,
    };
  };
  const structure = pick("structure");
  const lines = structure.mine.map((label, at) => {
    const theirs = structure.theirs?.[at];
    return { label, other: theirs === undefined || theirs === label ? null : theirs };
  });
  const topic = pick("topic");
  const topics = topicMarks(topic.mine, topic.theirs);
  const stance = pick("stance");
  const stances = stanceMarks(stance.mine, stance.theirs);
  const ner = pick("ner");
  const entities = entityMarks(ner.mine, ner.theirs);
  const differ = (state: State) => state !== null && state !== "same";
  const differences =
    lines.filter((line) => line.other !== null).length +
    [...topics.values()].flatMap((one) => one.topics).filter((one) => differ(one.state)).length +
    stances.filter((one) => differ(one.state)).length +
    entities.filter((one) => differ(one.state)).length;
  return { lines, topics, stances, entities, differences };
}

function topicMarks(mine: NonNullable<Reading["topic"]>, theirs: Reading["topic"] | null): Overlay["topics"] {
  const found: Overlay["topics"] = new Map();
  const key = (start: number, end: number) => `${start}-${end}`;
  const others = new Map(theirs?.map(([start, end, topics]) => [key(start, end), topics]));
  for (const [start, end, topics] of mine) {
    const against = theirs ? (others.get(key(start, end)) ?? []) : null;
    const marks: TopicMark[] = topics.map((topic) => ({
      topic,
      state: against && (against.includes(topic) ? "same" : "here"),
    }));
    for (const topic of against ?? []) if (!topics.includes(topic)) marks.push({ topic, state: "there" });
    found.set(key(start, end), { start, end, topics: marks });
  }
  for (const [start, end, topics] of theirs ?? []) {
    if (!found.has(key(start, end))) {
      found.set(key(start, end), { start, end, topics: topics.map((topic) => ({ topic, state: "there" })) });
    }
  }
  return found;
}

function stanceMarks(mine: NonNullable<Reading["stance"]>, theirs: Reading["stance"] | null): StanceMark[] {
  type Row = NonNullable<Reading["stance"]>[number];
  const key = (row: Row) => `${row[0]}|${row[2]}|${row[3]}`;
  const others = new Map(theirs?.map((row) => [key(row), row]));
  const mark = (row: Row, state: State, other: Row | null): StanceMark => ({
    passage: [row[0], row[1]],
    holder: row[2],
    target: row[3],
    label: row[4],
    start: row[5],
    end: row[6],
    state,
    otherLabel: other && other[4] !== row[4] ? other[4] : null,
    otherEvidence: !!other && other[5] >= 0 && row[5] >= 0 && (other[5] !== row[5] || other[6] !== row[6]),
  });
  const found = mine.map((row) => {
    if (!theirs) return mark(row, null, null);
    const other = others.get(key(row));
    if (!other) return mark(row, "here", null);
    // A baseline gives a label alone: its evidence is that of the reading it is laid over.
    const shown: Row = row[5] < 0 ? [row[0], row[1], row[2], row[3], row[4], other[5], other[6]] : row;
    return mark(shown, other[4] === row[4] ? "same" : "other", other);
  });
  const here = new Set(mine.map(key));
  for (const row of theirs ?? []) if (!here.has(key(row))) found.push(mark(row, "there", null));
  return found.sort((one, two) => one.passage[0] - two.passage[0] || one.start - two.start);
}

function entityMarks(mine: NonNullable<Reading["ner"]>, theirs: Reading["ner"] | null): EntityMark[] {
  type Row = NonNullable<Reading["ner"]>[number];
  const key = (row: Row) => `${row[0]}-${row[1]}-${row[2]}`;
  const mark = (row: Row, state: State, otherwise: string | null = null): EntityMark => ({
    start: row[0],
    end: row[1],
    label: row[2],
    entity: row[3],
    state,
    otherwise,
  });
  if (!theirs) return mine.map((row) => mark(row, null));
  const others = new Map(theirs.map((row) => [key(row), row]));
  const found = mine.map((row) => {
    const other = others.get(key(row));
    if (!other) return mark(row, "here");
    // A baseline links nothing: it is compared by span and type, and shown with the other's link.
    if (row[3] === null || other[3] === null || row[3] === other[3])
      return mark([row[0], row[1], row[2], row[3] ?? other[3]], "same");
    return mark(row, "other", other[3]);
  });
  const here = new Set(mine.map(key));
  for (const row of theirs) if (!here.has(key(row))) found.push(mark(row, "there"));
  return found;
}
