/** How far the two judges agreed before adjudication, and how gold is balanced, by layer and label. */

import type { Agreement, LayerName } from "../data";
import { Code, useLanguage, useLink, useWords, words } from "../language";
import { site, useData } from "../load";
import { valueName } from "../names";
import { ByLabel } from "../agreement/labels";
import { Headlines } from "../agreement/headlines";
import { LayerBalance, PagesBalance, TargetBalance } from "../agreement/balance";
import { Choice, chosen } from "../parts/choice";
import { address } from "../score/citation";
import { taskName } from "../score/figures";
import { Heading } from "../parts/heading";
import { Copy, Download, type Row } from "../parts/take";
import { Wait } from "../parts/wait";
import { go, type Query, type Route } from "../route";

const WORDS = words(
  {
    title: "Agreement and balance",
    lead: "Every article was judged twice, each time without the other's work, and then adjudicated. These figures are from before adjudication, and nothing is filtered out of them.",
    models:
      "Both judges are contexts of the same language model: their agreement is an upper bound. It says how clear the guidelines are to it, not how people would agree.",
    judges: "The judges",
    judge: (letter: string) => `Judgement ${letter}`,
    kinds: { model: "model", person: "person" } as Record<string, string>,
    layer: "Layer",
    all: "All",
    part: "Articles",
    whole: "all",
    link: "Copy link",
    labels: "By label",
    labelled:
      "F1 of the two judges with each other, over the same line, passage, pair of holder and target, or exact span; and how often each of them gave the label.",
    balance: "Balance",
    balanced: "How often gold has each label, by split.",
    none: "No judgements are on record in this copy.",
  },
  {
    title: "الاتفاق والتوازن",
    lead: "حُكّم كل مقال مرتين، كل مرة بمعزل عن الأخرى، ثم فُصل بينهما. وهذه الأرقام مما قبل الفصل، لم يُستبعد منها شيء.",
    models:
      "المحكّمان سياقان لنموذج لغوي واحد، فاتفاقهما حد أعلى: يدل على وضوح دليل الوسم له، لا على ما كان الناس سيتفقون عليه.",
    judges: "المحكّمان",
    judge: (letter: string) => `المحكّم ${letter}`,
    kinds: { model: "نموذج", person: "شخص" },
    layer: "الطبقة",
    all: "الكل",
    part: "المقالات",
    whole: "كلها",
    link: "نسخ الرابط",
    labels: "بحسب التصنيف",
    labelled:
      "قيمة F1 لاتفاق المحكّمَين، على السطر نفسه أو الفقرة أو صاحب الموقف وقضيته أو حدود الكيان تمامًا؛ وكم مرة وضع كل منهما التصنيف.",
    balance: "التوازن",
    balanced: "كم مرة ورد كل تصنيف في المرجع، بحسب أقسام المجموعة.",
    none: "لا أحكام مسجلة في هذه النسخة.",
  },
);

export function AgreementPage({ route }: { route: Route }) {
  const w = useWords(WORDS);
  const agreement = useData("agreement");
  return (
    <div class="agreement">
      <Heading title={w.title} />
      {agreement ? <Both agreement={agreement} query={route.query} /> : <Wait value={agreement} />}
    </div>
  );
}

function Both({ agreement, query }: { agreement: Agreement; query: URLSearchParams }) {
  const language = useLanguage();
  const w = useWords(WORDS);
  const link = useLink();
  const layers = Object.keys(site().layers) as LayerName[];
  const parts = Object.keys(agreement.parts);
  const asked = chosen(query, "layer", ["", ...layers]);
  const part = chosen(query, "part", parts);
  const here = (more: Query = {}) => link("agreement", "", { layer: asked, part, ...more });
  const shown = layers.filter((layer) => !asked || layer === asked);
  const of = agreement.parts[part];
  const name = (one: string) => (one === "all" ? w.whole : valueName(language, one));
  return (
    <>
      <p class="lead">{w.lead}</p>
      <Judges judges={agreement.judges} />
      {of ? <Headlines parts={agreement.parts} name={name} /> : <p>{w.none}</p>}
      <div class="toolbar">
        <Choice
          legend={w.layer}
          options={[
            { value: "", name: w.all },
            ...layers.map((value) => ({ value, name: taskName(language, value) })),
          ]}
          value={asked}
          choose={(layer) => go(here({ layer }), true)}
        />
        {of && (
          <Choice
            legend={w.part}
            options={parts.map((value) => ({ value, name: name(value) }))}
            value={part}
            choose={(value) => go(here({ part: value }), true)}
          />
        )}
      </div>
      <div class="actions">
        <Copy icon="link" label={w.link} text={() => address(here())} />
        <Download
          name={["marsad-agreement", asked, part].filter(Boolean).join("-")}
          rows={() => rows(agreement, shown, part)}
        />
      </div>
      {of && (
        <section aria-labelledby="labels">
          <h2 id="labels">{w.labels}</h2>
          <p class="lead">{w.labelled}</p>
          <div class="layers">
            {shown.map((layer) => (
              <ByLabel key={layer} layer={layer} labels={of.labels[layer]} part={name(part)} />
            ))}
          </div>
        </section>
      )}
      <section aria-labelledby="balance">
        <h2 id="balance">{w.balance}</h2>
        <p class="lead">{w.balanced}</p>
        <div class="layers">
          {shown.map((layer) => (
            <LayerBalance key={layer} layer={layer} balance={agreement.balance} />
          ))}
          {shown.includes("stance") && <TargetBalance targets={agreement.balance.targets} />}
          {!asked && <PagesBalance balance={agreement.balance} />}
        </div>
      </section>
    </>
  );
}

/** Who judged, and what that says of their agreement. */
function Judges({ judges }: { judges: readonly string[] }) {
  const w = useWords(WORDS);
  const known = site().annotators.filter((one) => judges.includes(one.name));
  const [first] = known;
  const same = known.length > 1 && known.every((one) => one.kind === "model" && one.model === first?.model);
  return (
    <div class="card judges">
      {same && <p>{w.models}</p>}
      <dl class="meta" aria-label={w.judges}>
        {known.map((one, at) => (
          <div key={one.name}>
            <dt>{w.judge(String.fromCharCode(65 + at))}</dt>
            <dd>
              <Code>{one.name}</Code> · {w.kinds[one.kind] ?? one.kind}
              {one.model && (
                <>
                  : <bdi lang="en">{one.model}</bdi>
                </>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** What is shown, a row for each label: agreement in the part, and gold in each split. */
function rows({ parts, balance }: Agreement, layers: readonly LayerName[], part: string): Row[] {
  return layers.flatMap((layer) =>
    Object.entries(balance.layers[layer]).map(([label, counts]) => {
      const agreed = parts[part]?.labels[layer][label];
      return {
        ...{
          layer,
          label,
          part,
          f1: agreed?.f1 ?? null,
          first: agreed?.first ?? null,
          second: agreed?.second ?? null,
        },
        ...Object.fromEntries(balance.splits.map((split, at) => [`gold_${split}`, counts[at]])),
      };
    }),
  );
}
