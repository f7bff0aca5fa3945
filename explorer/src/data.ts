/**
 * The data of a site, as `marsad explore` writes it (src/marsad/explore/).
 *
 * Every file below `data/` is a plain script, since a page opened from disk may not fetch:
 * `marsad("NAME", VALUE);`, NAME being its path below `data/` without `.js`, VALUE one of the
 * types here. What stands for a label, outlet, article and the like is its place in the list that
 * the comment names, counted from 0; -1 where there is none. All offsets are code points of the raw
 * page, as in the dataset itself, `end` exclusive.
 */

/** A label of a layer, as in `labels.toml`. */
export interface Label {
  name: string;
  name_ar: string;
  meaning: string;
  meaning_ar: string;
}

/** A stance target. */
export interface Target {
  name: string;
  name_ar: string;
  meaning: string;
  /** Whether its rows are kept out of train and validation. */
  held_out: boolean;
}

export type LayerName = "structure" | "topic" | "stance" | "ner";

/** `site`: what every page needs. Loaded before the app. */
export interface Site {
  version: string;
  /** The digest of the rows of all configs, and of the splits as in signatures: six hex digits each. */
  data: string;
  splits: string;
  /** The BibTeX entry, and one line to cite the dataset by. */
  bibtex: string;
  citation: string;
  license: string;
  layers: Record<LayerName, Label[]>;
  targets: Target[];
  /** The judges, by the names of their files. */
  annotators: { name: string; kind: string; model: string | null }[];
  /** All baselines with a score on record, in the order of README's tables. `role` is that of the score file. */
  baselines: { id: string; task: LayerName; title: string; role: string; splits: string[] }[];
  counts: {
    articles: number;
    events: number;
    passages: number;
    mentions: number;
    stances: number;
    entities: number;
  };
  /** Articles of the manifest whose text is not in this copy, or not fetched, by tier. */
  without_text: Record<string, number>;
  /** How spelling is made one for the search: letters, and what stands for each of them (marsad.spelling.FOLDS). */
  folds: [letters: string, instead: string][];
  /** How many `text/N` files there are. */
  text_files: number;
  /** A passage that shows all layers, to open with: one of dataset.toml's examples. Null where no text of it is here. */
  example: { article: string; start: number; end: number } | null;
}

/** `articles`: a column each, articles in the order of their ids. */
export interface Articles {
  id: string[];
  headline: string[];
  /** ISO date, or null where unknown. */
  published: (string | null)[];
  /** Into `values`; `outlet` -1 where the page shows none. */
  tier: number[];
  outlet: number[];
  genre: number[];
  event: number[];
  split: number[];
  values: {
    tier: string[];
    outlet: string[];
    genre: string[];
    event: string[];
    split: string[];
  };
  /** Distinct topics of the article's passages, into `site.layers.topic`, ascending. */
  topics: number[][];
  /** Distinct `target * 3 + label` of its stances, into `site.targets` and `site.layers.stance`, ascending. */
  stances: number[][];
  /** Code points of the raw page. */
  characters: number[];
}

/** `entities`: the catalogued entities that some article here mentions or has as a holder, in the order of their ids, a column each. */
export interface Entities {
  id: string[];
  /** Into `site.layers.ner`. */
  type: number[];
  name_en: string[];
  name_ar: string[];
  /** Every mention: article (into `articles`), start, end, form (into the entity's `forms`), flat, four numbers a mention, in that order of article and start. */
  mentions: number[][];
  /** The names it is written by, the most frequent first. Their counts by outlet follow from `mentions`. */
  forms: string[][];
}

/** `stances`: every gold stance, a column each, by article and place; those of held-out targets too. */
export interface Stances {
  /** Into `articles`. */
  article: number[];
  /** `LLL.PP`: line and piece; the passage id is `ARTICLE_ID:LLL.PP`. */
  passage: string[];
  /** Where that passage begins and ends, so that it is known which mentions stand in it. */
  passage_start: number[];
  passage_end: number[];
  /** Into `holders`. */
  holder: number[];
  target: number[];
  label: number[];
  /** The evidence. */
  start: number[];
  end: number[];
  evidence: string[];
  /** `author`, `unnamed_source` or an entity's id, with its names. */
  holders: { id: string; name_en: string; name_ar: string }[];
}

/** `text/N`: raw pages for the full-text search, articles in order, some 250 kB a file. */
export interface Text {
  /** The place of the first article. */
  first: number;
  raw: string[];
}

/** What one reading says of an article: gold, a judge's, or (in part) a baseline's. */
export interface Reading {
  /** A label for each of the article's `lines`. */
  structure?: number[];
  /** start and end of a passage, its topics. */
  topic?: [number, number, number[]][];
  /** start and end of a passage, holder, target, label, start and end of the evidence (-1 where a baseline gives none). */
  stance?: [number, number, string, number, number, number, number][];
  /** start, end, label, entity id; outer spans before inner ones. */
  ner?: [number, number, number, string | null][];
}

/** `article/ID`. */
export interface Article {
  id: string;
  raw: string;
  sha256: string;
  /** The raw file's path from the root of the dataset, or what names it where it lies elsewhere. */
  file: string;
  tier: string;
  outlet: string | null;
  published: string | null;
  published_basis: string;
  event: string;
  genre: string;
  author: string | null;
  rights: string;
  split: string;
  sources: { title: string; publisher: string; date: string }[];
  /** Of every raw line that is not blank: its number, start, end. */
  lines: [number, number, number][];
  /** Of every passage of gold: start, end, `LLL.PP`. */
  passages: [number, number, string][];
  /** By `gold` and the names of the judges; all layers. */
  readings: Record<string, Reading>;
  /** Names of the holders in any reading, by id, English and Arabic; and of all entities mentioned, with their type. */
  names: Record<string, [string, string, number]>;
  /** The baselines that have answers for it, as in `predictions/ID`. */
  predicted: string[];
}

/** `predictions/ID`: of an article of validation or test, by baseline, the layer of its task alone. */
export type Predictions = Record<string, Reading>;

/** A value with its 95 % interval, null where none is on record. */
export type Figure = [value: number, low: number | null, high: number | null];

/** What a baseline reached on one split. */
export interface Result {
  signature: string;
  metric: string;
  rows: number;
  articles: number;
  /** By the figure's name, the main metric first; that one is the mean over seeds where there are several, all else is of the first seed, as the predictions are. */
  figures: Record<string, Figure>;
  /** By label: F1 with its interval, precision, recall, support, predicted; null where the task's file has none. */
  labels: Record<
    string,
    { f1: Figure; precision: number; recall: number; support: number; predicted: number | null }
  >;
  /** Where it draws at random: over how many seeds the main figure is the mean, and its standard deviation. All else is of the first seed. */
  seeds: { count: number; sd: number } | null;
  /** By kind of slice and value: the main metric, its units and articles; `small` where there are too few to say much, and the figure null. */
  slices: Record<
    string,
    Record<string, { figure: Figure | null; units: number; articles: number; small: boolean }>
  >;
  /** The slice with the lowest figure among those not small, by kind, where the score file names it. */
  worst: Record<string, string> | null;
  /** sha256 of the recorded predictions, and where they and the score lie from the root. */
  predictions_sha256: string;
  predictions: string;
  score: string;
}

/** `scores`. */
export interface Scores {
  tasks: {
    name: LayerName;
    title: string;
    metric: string;
    /** The second judgement scored as a system, by split, where on record. */
    ceilings: Record<string, Result>;
  }[];
  baselines: {
    id: string;
    task: LayerName;
    title: string;
    role: string;
    /** The recipe's path from the root. */
    recipe: string;
    /** By split: test, validation. */
    results: Record<string, Result>;
  }[];
}

/** `agreement`: before adjudication, by `all`, each split, and `referenced` where there is one. */
export interface Agreement {
  judges: string[];
  parts: Record<
    string,
    {
      articles: number;
      /** The headline figures of each layer: key (such as `alpha`, `pair_f1`), value. One that is of nothing is left out. */
      figures: Record<LayerName, Record<string, number>>;
      /** By layer and label: F1 of the two judges with each other, and how often each gave it. */
      labels: Record<LayerName, Record<string, { f1: number; first: number; second: number }>>;
    }
  >;
  /** Gold: by layer and label, units in each split (lines, passages, pairs, mentions); stance also by target and label. */
  balance: {
    splits: string[];
    layers: Record<LayerName, Record<string, number[]>>;
    /** By target: favor, against, neutral over all splits. */
    targets: Record<string, number[]>;
    tiers: Record<string, number[]>;
    genres: Record<string, number[]>;
  };
}
