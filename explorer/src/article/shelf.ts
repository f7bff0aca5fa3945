/** What all parts of an article's page know: the article, which readings are laid over each other, and what is chosen. */

import type { Article, LayerName, Predictions } from "../data";
import type { Query } from "../route";
import type { Overlay } from "./compare";
import type { Measured } from "./offsets";
import type { Place } from "./place";

export const LAYERS: readonly LayerName[] = ["structure", "topic", "stance", "ner"];

/** Everything the parts of the page need to know. */
export interface Shelf {
  article: Article;
  text: Measured;
  predictions: Predictions;
  reading: string;
  compare: string | null;
  shown: ReadonlySet<LayerName>;
  overlay: Overlay;
  place: Place | null;
  /** Whether the place was chosen on the page, not by its address. */
  byHand: boolean;
  query: (change: Query) => string;
  set: (change: Query) => void;
  select: (place: Place | null) => void;
}
