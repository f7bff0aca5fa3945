/** How gold is balanced: labels by split, targets by stance, tiers and genres by split. */

import type { Agreement, LayerName } from "../data";
import { count, Digits, named, useLanguage, useLink, useWords, words } from "../language";
import { site } from "../load";
import { valueName } from "../names";
import { Bar, Barred, Stack } from "../parts/bars";
import { taskName } from "../score/figures";
import { LabelName } from "../score/labels";
import { DataTable } from "../parts/data-table";

const WORDS = words(
  {
    label: "Label",
    all: "All",
    units: {
      structure: "lines by split",
      topic: "passages by split; a passage has one topic or more",
      stance: "pairs of holder and target in a passage, by split",
      ner: "mentions by split",
    },
    target: "Target",
    targets: "Targets: stances over all splits",
    held: "held out",
    pages: "Articles by split",
    tier: "Tier",
    genre: "Genre",
  },
  {
    label: "التصنيف",
    all: "الكل",
    units: {
      structure: "الأسطر بحسب القسم",
      topic: "الفقرات بحسب القسم؛ وللفقرة موضوع أو أكثر",
      stance: "أزواج صاحب الموقف والقضية في الفقرة، بحسب القسم",
      ner: "الكيانات بحسب القسم",
    },
    target: "القضية",
    targets: "القضايا: المواقف في الأقسام كلها",
    held: "محجوبة عن التدريب",
    pages: "المقالات بحسب القسم",
    tier: "مصدر المقال",
    genre: "نوع المقال",
  },
);

const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0);

export function LayerBalance({ layer, balance }: { layer: LayerName; balance: Agreement["balance"] }) {
  const language = useLanguage();
  const w = useWords(WORDS);
  const labels = balance.layers[layer];
  return (
    <Counts
      caption={`${taskName(language, layer)} · ${w.units[layer]}`}
      head={w.label}
      splits={balance.splits}
      groups={site().layers[layer].map(({ name }) => [
        name,
        labels[name] ?? [],
        <LabelName layer={layer} name={name} />,
      ])}
    />
  );
}

/** Articles by tier and by genre. */
export function PagesBalance({ balance }: { balance: Agreement["balance"] }) {
  const language = useLanguage();
  const w = useWords(WORDS);
  return (
    <>
      {(
        [
          [w.tier, balance.tiers],
          [w.genre, balance.genres],
        ] as const
      ).map(([head, groups]) => (
        <Counts
          key={head}
          caption={`${head} · ${w.pages}`}
          head={head}
          splits={balance.splits}
          groups={Object.entries(groups).map(([name, counts]) => [name, counts, valueName(language, name)])}
        />
      ))}
    </>
  );
}

function Counts({
  caption,
  head,
  splits,
  groups,
}: {
  caption: string;
  head: string;
  splits: readonly string[];
  groups: readonly [key: string, counts: readonly number[], name: preact.ComponentChildren][];
}) {
  const language = useLanguage();
  const w = useWords(WORDS);
  const most = Math.max(1, ...groups.map(([, counts]) => sum(counts)));
  return (
    <DataTable label={caption} frame="card">
      <thead>
        <tr>
          <th scope="col">{head}</th>
          {splits.map((split) => (
            <th key={split} scope="col" class="figure">
              {valueName(language, split)}
            </th>
          ))}
          <th scope="col" class="figure">
            {w.all}
          </th>
        </tr>
      </thead>
      <tbody>
        {groups.map(([key, counts, name]) => (
          <tr key={key}>
            <th scope="row">{name}</th>
            {splits.map((split, at) => (
              <td key={split} class="figure">
                <Digits>{count(counts[at] ?? 0)}</Digits>
              </td>
            ))}
            <td class="figure bars strong">
              <Barred bar={<Bar share={sum(counts) / most} tone="count" />}>
                <Digits>{count(sum(counts))}</Digits>
              </Barred>
            </td>
          </tr>
        ))}
      </tbody>
    </DataTable>
  );
}

/** Each target with its stances, as numbers and as parts of a bar. */
export function TargetBalance({ targets }: { targets: Agreement["balance"]["targets"] }) {
  const language = useLanguage();
  const w = useWords(WORDS);
  const link = useLink();
  const { layers, targets: known } = site();
  return (
    <DataTable label={w.targets} frame="card">
      <thead>
        <tr>
          <th scope="col">{w.target}</th>
          {layers.stance.map((label) => (
            <th key={label.name} scope="col" class="figure">
              <span class="stance-label" data-label={label.name}>
                {named(language, label)}
              </span>
            </th>
          ))}
          <th scope="col" class="figure">
            {w.all}
          </th>
        </tr>
      </thead>
      <tbody>
        {known.map((target) => {
          const counts = targets[target.name] ?? [];
          return (
            <tr key={target.name}>
              <th scope="row">
                <a href={link("stances", "", { target: target.name })}>{named(language, target)}</a>
                {target.held_out && <span class="chip held">{w.held}</span>}
              </th>
              {layers.stance.map((label, at) => (
                <td key={label.name} class="figure">
                  <Digits>{count(counts[at] ?? 0)}</Digits>
                </td>
              ))}
              <td class="figure bars strong">
                <Barred
                  bar={
                    <Stack
                      parts={layers.stance.map((label, at) => ({
                        count: counts[at] ?? 0,
                        tone: label.name,
                      }))}
                    />
                  }
                >
                  <Digits>{count(sum(counts))}</Digits>
                </Barred>
              </td>
            </tr>
          );
        })}
      </tbody>
    </DataTable>
  );
}
