/** The figures that stand for the agreement of each layer, by part, and what they say. */

import type { Agreement, LayerName } from "../data";
import { count, Digits, readable, useLanguage, useWords, words } from "../language";
import { site } from "../load";
import { taskName, Value } from "../score/figures";
import { DataTable } from "../parts/data-table";

const WORDS = words(
  {
    title: "Before adjudication",
    figure: "Figure",
    articles: "articles:",
  },
  {
    title: "قبل الفصل",
    figure: "المقياس",
    articles: "المقالات:",
  },
);

type Named = Record<string, [name: string, meaning: string]>;

const ALPHA = "Krippendorff's α";

/** By layer and key: as README names them, and in plain words. */
const FIGURES = words<Record<LayerName, Named>>(
  {
    structure: {
      accuracy: ["accuracy by line", "the share of lines that both gave the same label"],
      alpha: [ALPHA, "agreement beyond chance: 1 is full agreement, 0 what chance would give"],
    },
    topic: {
      alpha: [
        "α with MASI distance",
        "the same over sets of topics: two sets that overlap count as partly agreed, so that one topic more or less is no full disagreement",
      ],
    },
    stance: {
      shared_alpha: [
        "α of the label on pairs both annotated",
        "once both saw a stance of a holder toward a target: did they give it the same label?",
      ],
      pair_f1: [
        "F1 of which pairs are annotated",
        "did they see a stance of the same holder toward the same target in the same passage at all, whichever label they gave it?",
      ],
      alpha: [
        "α over all pairs, an absent one as a label",
        "both questions at once: a pair that one judge alone has is a disagreement",
      ],
    },
    ner: {
      f1: ["F1 of exact nested spans", "how many mentions both have with the same start, end and type"],
      linking: [
        "same entity id on equal spans",
        "of the spans that both linked: the share linked to the same entity of the catalogue",
      ],
    },
  },
  {
    structure: {
      accuracy: ["نسبة التطابق بالسطر", "نسبة الأسطر التي وضع لها المحكّمان التصنيف نفسه"],
      alpha: ["معامل α لكريبندورف", "اتفاق يزيد على المصادفة: 1 اتفاق تام، و0 ما تعطيه المصادفة وحدها"],
    },
    topic: {
      alpha: [
        "معامل α بمسافة MASI",
        "المعامل نفسه على مجموعات الموضوعات: إذا اشتركت مجموعتان في بعضها عُدّ ذلك اتفاقًا جزئيًا، فليست زيادة موضوع أو نقصه خلافًا تامًا",
      ],
    },
    stance: {
      shared_alpha: [
        "معامل α للتصنيف حيث وسم كلاهما",
        "إذا رأى كلاهما موقفًا لصاحبه من قضية: هل أعطياه التصنيف نفسه؟",
      ],
      pair_f1: [
        "قيمة F1 لما وُسم من الأزواج",
        "هل رأيا أصلًا، في الفقرة نفسها، موقفًا لصاحب الموقف نفسه من القضية نفسها، أيًّا كان تصنيفه؟",
      ],
      alpha: ["معامل α للأزواج كلها، والغائب منها تصنيف", "السؤالان معًا: كل زوج عند محكّم دون الآخر خلاف"],
    },
    ner: {
      f1: [
        "قيمة F1 للكيانات بحدودها تمامًا، ومنها المتداخلة",
        "كم كيانًا عند المحكّمين بالبداية والنهاية والنوع أنفسها",
      ],
      linking: ["معرّف الكيان نفسه حيث اتفقت الحدود", "مما ربطه كلاهما بالفهرس: نسبة ما رُبط بالكيان نفسه"],
    },
  },
);

export function Headlines({ parts, name }: { parts: Agreement["parts"]; name: (part: string) => string }) {
  const language = useLanguage();
  const w = useWords(WORDS);
  const figures = useWords(FIGURES);
  const layers = Object.keys(site().layers) as LayerName[];
  const columns = Object.entries(parts);
  const keys = (layer: LayerName) => [
    ...new Set(columns.flatMap(([, part]) => Object.keys(part.figures[layer]))),
  ];
  return (
    <section class="card" aria-labelledby="headlines">
      <h2 id="headlines">{w.title}</h2>
      <DataTable label={w.title} hidden kind="headlines">
        <thead>
          <tr>
            <th scope="col">{w.figure}</th>
            {columns.map(([part, { articles }]) => (
              <th key={part} scope="col" class="figure">
                {name(part)}
                <small class="soft">
                  {w.articles} <Digits>{count(articles)}</Digits>
                </small>
              </th>
            ))}
          </tr>
        </thead>
        {layers.map((layer) => (
          <tbody key={layer}>
            <tr class="role">
              <th scope="rowgroup" colSpan={columns.length + 1}>
                {taskName(language, layer)}
              </th>
            </tr>
            {keys(layer).map((key) => {
              const [said, meaning] = figures[layer][key] ?? [readable(key), ""];
              return (
                <tr key={key}>
                  <th scope="row">
                    {said}
                    <small class="soft meaning">{meaning}</small>
                  </th>
                  {columns.map(([part, of]) => (
                    <td key={part} class="figure">
                      <Value value={of.figures[layer][key]} />
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        ))}
      </DataTable>
    </section>
  );
}
