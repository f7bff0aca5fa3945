/** Holders by targets: a table where there is room for twelve columns, bars of one of them where there is not. */

import { count, named, useLanguage, useWords, words } from "../language";
import { site } from "../load";
import { Name, nameText, type Names } from "../parts/name";
import { quiet } from "../parts/odd";
import { Counts, DivergingBar, mostOf } from "./stance";
import { cell, size, sum, type Tally } from "./tally";

const WORDS = words(
  {
    caption: "Stances of each holder toward each target",
    holder: "Holder",
    voices: "Unnamed voices",
    named: "Named holders",
    held: "held out",
    heldNote: "Held out: its rows are kept from training and validation, for the zero-shot slice.",
    none: "No holder here under this filter.",
    bars: { all: "Holders, toward all targets", target: "Holders, toward:", holder: "Targets of:" },
  },
  {
    caption: "مواقف كل صاحب موقف من كل قضية",
    holder: "صاحب الموقف",
    voices: "أصوات بلا صاحب مسمّى",
    named: "أصحاب مسمّون",
    held: "محجوبة",
    heldNote: "محجوبة: صفوفها محجوبة عن التدريب والتحقق، لتُختبر بها قضايا لم يُتدرَّب عليها.",
    none: "لا أصحاب مواقف هنا بهذه التصفية.",
    bars: { all: "أصحاب المواقف، من كل القضايا", target: "أصحاب المواقف من:", holder: "قضايا مواقف:" },
  },
);

/** A holder with a row: its place in the columns, and its counts by target. */
export interface HolderRow {
  at: number;
  id: string;
  names: Names;
  cells: Tally[];
  all: Tally;
}

/** What is chosen of the map; null where nothing is. */
export interface Chosen {
  holder: string | null;
  target: string | null;
}

export function holderRow(counts: Int32Array, at: number, holder: Names & { id: string }): HolderRow {
  const cells = site().targets.map((_, target) => cell(counts, at, target));
  return { at, id: holder.id, names: holder, cells, all: sum(cells) };
}

interface MapProps {
  voices: readonly HolderRow[];
  holders: readonly HolderRow[];
  /** The counts of all holders by target, those without a row too. */
  columns: readonly Tally[];
  chosen: Chosen;
  /** The address with this chosen. */
  href: (chosen: Chosen) => string;
  /** Told when a choice is made by a link here. */
  choosing: () => void;
}

/** The whole table. Bars of named holders are drawn to one scale, those of the two voices to another. */
export function Matrix({
  voices,
  holders,
  columns,
  chosen,
  href,
  choosing,
  expanded,
}: MapProps & { expanded: boolean }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const { targets } = site();
  const groups = [
    { title: w.voices, rows: voices },
    { title: w.named, rows: holders },
  ];
  return (
    <>
      <div
        class={`scroll stance-map${expanded ? " expanded" : ""}`}
        role="region"
        tabIndex={0}
        aria-label={w.caption}
      >
        <table>
          <caption class="hidden-text">{w.caption}</caption>
          <colgroup>
            <col class="holder" />
            {targets.map((target) => (
              <col key={target.name} data-chosen={target.name === chosen.target || undefined} />
            ))}
          </colgroup>
          <thead>
            <tr>
              <th scope="col">{w.holder}</th>
              {targets.map((target, at) => {
                const now = target.name === chosen.target;
                return (
                  <th key={target.name} scope="col">
                    <a
                      href={href({ ...chosen, target: now ? null : target.name })}
                      aria-current={now ? "true" : undefined}
                      title={target.meaning}
                      onClick={choosing}
                    >
                      {named(language, target)}
                    </a>
                    {target.held_out && <span class="held-out">{w.held}</span>}
                    <span class="soft number">{count(size(columns[at]!))}</span>
                  </th>
                );
              })}
            </tr>
          </thead>
          {groups.map(({ title, rows }) =>
            rows.length ? (
              <tbody key={title}>
                <tr class="group">
                  <th scope="rowgroup">{title}</th>
                  <td colSpan={targets.length} />
                </tr>
                {rows.map((row) => (
                  <MatrixRow
                    key={row.id}
                    row={row}
                    most={mostOf(rows.flatMap((one) => one.cells))}
                    chosen={chosen}
                    href={href}
                    choosing={choosing}
                  />
                ))}
              </tbody>
            ) : null,
          )}
        </table>
      </div>
      {!voices.length && !holders.length && <p class="soft">{w.none}</p>}
      {targets.some((one) => one.held_out) && <p class="soft map-note">{w.heldNote}</p>}
    </>
  );
}

function MatrixRow({
  row,
  most,
  chosen,
  href,
  choosing,
}: { row: HolderRow; most: number } & Pick<MapProps, "chosen" | "href" | "choosing">) {
  const language = useLanguage();
  const own = row.id === chosen.holder;
  const name = nameText(language, row.names);
  return (
    <tr data-chosen={own || undefined}>
      <th scope="row">
        <a
          href={href({ ...chosen, holder: own ? null : row.id })}
          aria-current={own ? "true" : undefined}
          onClick={choosing}
        >
          <Name of={row.names} />
        </a>{" "}
        <span class="soft number">{count(size(row.all))}</span>
      </th>
      {row.cells.map((tally, at) => {
        const target = site().targets[at]!;
        if (!size(tally)) return <td key={target.name} />;
        const now = own && target.name === chosen.target;
        return (
          <td key={target.name}>
            <a
              class="stance-cell"
              href={href(now ? { holder: null, target: null } : { holder: row.id, target: target.name })}
              aria-current={now ? "true" : undefined}
              onClick={choosing}
            >
              <span class="hidden-text">{`${name}, ${named(language, target)}: `}</span>
              <DivergingBar tally={tally} most={most} />
              <Counts tally={tally} />
            </a>
          </td>
        );
      })}
    </tr>
  );
}

/** One line of the map as a list of bars: the holders toward a target (or all), or the targets of a holder. */
export function Bars({ voices, holders, chosen, href, choosing }: MapProps) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const { targets } = site();
  const target = targets.findIndex((one) => one.name === chosen.target);
  const holder = [...voices, ...holders].find((one) => one.id === chosen.holder);
  if (holder && target < 0) {
    const most = mostOf(holder.cells);
    const rows = targets
      .map((one, at) => ({ one, tally: holder.cells[at]! }))
      .filter(({ tally }) => size(tally))
      .sort((one, other) => size(other.tally) - size(one.tally));
    return (
      <>
        <h2>
          {w.bars.holder} <Name of={holder.names} />
        </h2>
        <ul class="stance-bars card">
          {rows.map(({ one, tally }) => (
            <Bar
              key={one.name}
              tally={tally}
              most={most}
              href={href({ holder: holder.id, target: one.name })}
              choosing={choosing}
            >
              {named(language, one)}
              {one.held_out && <span class="held-out">{w.held}</span>}
            </Bar>
          ))}
        </ul>
      </>
    );
  }
  const of = (row: HolderRow) => (target < 0 ? row.all : row.cells[target]!);
  const groups = [
    { title: w.voices, rows: voices },
    { title: w.named, rows: holders },
  ].map(({ title, rows }) => ({ title, rows: rows.filter((row) => size(of(row))) }));
  return (
    <>
      <h2>{target < 0 ? w.bars.all : `${w.bars.target} ${quiet(named(language, targets[target]))}`}</h2>
      {groups.every(({ rows }) => !rows.length) && <p class="soft">{w.none}</p>}
      {groups.map(({ title, rows }) =>
        rows.length ? (
          <section key={title} class="card stance-group">
            <h3>{title}</h3>
            <ul class="stance-bars">
              {rows.map((row) => (
                <Bar
                  key={row.id}
                  tally={of(row)}
                  most={mostOf(rows.map(of))}
                  now={row.id === chosen.holder}
                  href={href({ holder: row.id, target: chosen.target })}
                  choosing={choosing}
                >
                  <Name of={row.names} />
                </Bar>
              ))}
            </ul>
          </section>
        ) : null,
      )}
    </>
  );
}

function Bar({
  tally,
  most,
  now = false,
  href,
  choosing,
  children,
}: {
  tally: Tally;
  most: number;
  now?: boolean;
  href: string;
  choosing: () => void;
  children: preact.ComponentChildren;
}) {
  return (
    <li>
      <a href={href} aria-current={now ? "true" : undefined} onClick={choosing}>
        <span class="of">{children}</span>
        <DivergingBar tally={tally} most={most} />
        <Counts tally={tally} />
      </a>
    </li>
  );
}
