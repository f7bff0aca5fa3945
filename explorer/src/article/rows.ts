/** The annotations shown, as rows to take along. Offsets are code points of the raw page, as in the dataset. */

import type { Shelf } from "./shelf";
import { site } from "../load";
import type { Row } from "../parts/take";

export function annotationRows({ article, text, overlay, shown, reading, compare }: Shelf): Row[] {
  const { layers, targets } = site();
  const passage = (start: number) => article.passages.find((one) => one[0] === start)?.[2] ?? null;
  const row = (
    layer: string,
    start: number,
    end: number,
    label: string,
    more: Partial<Record<"passage" | "holder" | "target" | "entity_id" | "compared", string | null>>,
  ): Row => ({
    article_id: article.id,
    reading,
    layer,
    start,
    end,
    label,
    passage: more.passage ?? null,
    holder: more.holder ?? null,
    target: more.target ?? null,
    entity_id: more.entity_id ?? null,
    compared_with: compare,
    compared: more.compared ?? null,
    text: start < 0 ? null : text.slice(start, end),
  });
  const rows: Row[] = [];
  if (shown.has("structure")) {
    article.lines.forEach(([, start, end], at) => {
      const mark = overlay.lines[at]!;
      rows.push(
        row("structure", start, end, layers.structure[mark.label]!.name, {
          compared: mark.other === null ? null : layers.structure[mark.other]!.name,
        }),
      );
    });
  }
  if (shown.has("topic")) {
    for (const { start, end, topics } of overlay.topics.values()) {
      for (const { topic, state } of topics) {
        rows.push(
          row("topic", start, end, layers.topic[topic]!.name, { passage: passage(start), compared: state }),
        );
      }
    }
  }
  if (shown.has("stance")) {
    for (const mark of overlay.stances) {
      const more = {
        passage: passage(mark.passage[0]),
        holder: mark.holder,
        target: targets[mark.target]!.name,
        compared: mark.state,
      };
      rows.push(row("stance", mark.start, mark.end, layers.stance[mark.label]!.name, more));
    }
  }
  if (shown.has("ner")) {
    for (const mark of overlay.entities) {
      rows.push(
        row("ner", mark.start, mark.end, layers.ner[mark.label]!.name, {
          entity_id: mark.entity,
          compared: mark.state,
        }),
      );
    }
  }
  return rows;
}
