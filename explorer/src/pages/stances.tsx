/** The stance map: who is for and against what, and when; down to each stance and its evidence. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import type { Stances } from "../data";
import { count, named, useLanguage, useLink, useWords, words } from "../language";
import { articles, site, useData } from "../load";
import { Heading } from "../parts/heading";
import { Icon } from "../parts/icon";
import { Name, nameText } from "../parts/name";
import { BarLegend, Toward } from "../stance/stance";
import { StanceChoice, StanceFilter } from "../stance/filter";
import { stanceRow, StanceList } from "../stance/list";
import { Bars, holderRow, Matrix, type Chosen } from "../stance/map";
import { byTarget, filterOf, find, latestFirst, tallies, VOICES } from "../stance/tally";
import { Copy, Download } from "../parts/take";
import { periodOf, Timeline, type Dated, type Series } from "../parts/timeline";
import { Wait } from "../parts/wait";
import { change, changed, type Route } from "../route";
import { fold, terms } from "../spelling";

const WORDS = words(
  {
    title: "Stance map",
    lead: "Who is for and against what: each number counts passages in which a holder takes a stance toward a target. Choose a name, a target or a cell to read them.",
    stances: "Stances",
    holders: "Holders",
    articles: "Articles",
    of: "of",
    more: "Show more holders",
    left: "left",
    fewer: "Show the first 15",
    everything: "All holders, all targets",
    everyone: "All holders",
    everyTarget: "all targets",
    clear: "Clear the choice",
    time: "Over time",
    list: "The stances",
    page: "Its page",
    link: "Copy link",
    scale: "Named holders have one scale, the two voices their own.",
  },
  {
    title: "خريطة المواقف",
    lead: "من يؤيد ومن يعارض، وفي أي قضية: كل رقم عدد الفقرات التي يتخذ فيها صاحب موقف موقفًا من قضية. اختر اسمًا أو قضية أو خلية لقراءتها.",
    stances: "المواقف",
    holders: "أصحاب المواقف",
    articles: "المقالات",
    of: "من",
    more: "عرض المزيد من أصحاب المواقف",
    left: "المتبقي",
    fewer: "عرض أول 15",
    everything: "كل أصحاب المواقف، كل القضايا",
    everyone: "كل أصحاب المواقف",
    everyTarget: "كل القضايا",
    clear: "إلغاء الاختيار",
    time: "عبر الزمن",
    list: "المواقف واحدًا واحدًا",
    page: "صفحة الكيان",
    link: "نسخ الرابط",
    scale: "لأصحاب المواقف المسمّين مقياس واحد، وللصوتين مقياسهما.",
  },
);

const FIRST = 15;
const STEP = 100;

export function StancesPage({ route }: { route: Route }) {
  const w = useWords(WORDS);
  const stances = useData("stances");
  return (
    <>
      <Heading title={w.title} />
      <p class="lead">{w.lead}</p>
      {stances ? <Map route={route} stances={stances} /> : <Wait value={stances} />}
    </>
  );
}

function Map({ route, stances }: { route: Route; stances: Stances }) {
  const w = useWords(WORDS);
  const narrow = useNarrow();
  const { query } = route;
  const chosen: Chosen = { holder: query.get("holder"), target: query.get("target") };
  const filterKey = JSON.stringify(filterOf(route));
  const found = useMemo(() => find(stances, filterOf(route)), [stances, filterKey]);
  const counts = useMemo(() => tallies(stances, found.rows), [stances, found]);
  const columns = useMemo(() => byTarget(stances, found.rows), [stances, found]);
  // On a narrow page the holders of one target stand alone: how often they are there is how often they are there.
  const only = narrow ? site().targets.findIndex((one) => one.name === chosen.target) : -1;
  const holders = useMemo(() => ranked(stances, counts, only), [stances, counts, only]);
  const folded = useMemo(
    () => stances.holders.map((one) => fold(`${one.name_en}\n${one.name_ar}\n${one.id}`)),
    [stances],
  );
  const wanted = terms(query.get("q") ?? "");
  const isVoice = (at: number) => VOICES.includes(stances.holders[at]!.id);
  const answers = (at: number) => wanted.every((term) => folded[at]!.includes(term));
  const listed = holders.filter((at) => !isVoice(at) && answers(at));
  const asked = Number(query.get("rows"));
  const room = asked > 0 ? asked : FIRST;
  // The bars of one holder are its targets: there are no more holders to show.
  const alone = narrow && chosen.holder !== null && chosen.target === null;
  const own = listed.slice(room).filter((at) => stances.holders[at]!.id === chosen.holder);
  const shown = [...listed.slice(0, room), ...own].map((at) => holderRow(counts, at, stances.holders[at]!));
  const voices = holders
    .filter((at) => isVoice(at) && answers(at))
    .map((at) => holderRow(counts, at, stances.holders[at]!));
  const href = ({ holder, target: of }: Chosen) => changed(route, { holder, target: of });
  const panel = useRef<HTMLHeadingElement>(null);
  const byHand = useRef(false);
  useEffect(() => {
    if (!byHand.current) return;
    byHand.current = false;
    if (!chosen.holder && !chosen.target) return;
    panel.current?.focus({ preventScroll: true });
    panel.current?.scrollIntoView({ block: "start" });
  }, [chosen.holder, chosen.target]);
  const map = { voices, holders: shown, columns, chosen, href, choosing: () => (byHand.current = true) };
  return (
    <>
      <StanceFilter route={route} found={found} open={!narrow} />
      <div class="toolbar above">
        <StanceChoice route={route} />
        <p class="meta" role="status">
          <Many name={w.stances} value={found.rows.length} of={stances.article.length} />
          <Many name={w.holders} value={holders.length} of={stances.holders.length} />
        </p>
      </div>
      <div class="map-key">
        <BarLegend />
        <p class="soft">{w.scale}</p>
      </div>
      {narrow ? <Bars {...map} /> : <Matrix {...map} expanded={room > FIRST && shown.length > FIRST * 2} />}
      <p class="actions more">
        {listed.length > room && !alone && (
          <a class="button" href={changed(route, { rows: String(room + STEP) })}>
            {w.more}{" "}
            <span class="soft number">
              ({w.left}: {count(listed.length - room)})
            </span>
          </a>
        )}
        {query.get("rows") && (
          <a class="button" href={changed(route, { rows: null })}>
            {w.fewer}
          </a>
        )}
      </p>
      <Panel route={route} stances={stances} rows={found.rows} chosen={chosen} heading={panel} />
    </>
  );
}

/** The holders that are there, those with the most stances (toward one target, or -1 for all) first. */
function ranked(stances: Stances, counts: Int32Array, target: number): number[] {
  const width = counts.length / Math.max(1, stances.holders.length);
  const labels = site().layers.stance.length;
  const many = new Int32Array(stances.holders.length);
  for (let at = 0; at < counts.length; at += 1) {
    if (target < 0 || Math.floor((at % width) / labels) === target)
      many[Math.floor(at / width)]! += counts[at]!;
  }
  return [...many.keys()]
    .filter((at) => many[at])
    .sort((one, other) => many[other]! - many[one]! || one - other);
}

function Many({ name, value, of }: { name: string; value: number; of: number }) {
  const w = useWords(WORDS);
  return (
    <span>
      {name}: <strong class="number">{count(value)}</strong>
      {value < of && (
        <>
          {" "}
          {w.of} <span class="number">{count(of)}</span>
        </>
      )}
    </span>
  );
}

/** What is chosen: over time, and stance by stance. */
function Panel({
  route,
  stances,
  rows,
  chosen,
  heading,
}: {
  route: Route;
  stances: Stances;
  rows: Int32Array;
  chosen: Chosen;
  heading: preact.RefObject<HTMLHeadingElement | null>;
}) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const link = useLink();
  const holder = stances.holders.findIndex((one) => one.id === chosen.holder);
  const target = site().targets.findIndex((one) => one.name === chosen.target);
  const kept = useMemo(() => {
    const fits = (row: number) =>
      (chosen.holder === null || stances.holder[row] === holder) &&
      (chosen.target === null || stances.target[row] === target);
    return latestFirst(stances, rows.filter(fits));
  }, [stances, rows, chosen.holder, chosen.target, holder, target]);
  const labels = site().layers.stance;
  const series = useMemo<Series[]>(
    () =>
      labels.map((one) => ({
        name: named(language, one),
        side: one.name === "favor" ? "up" : one.name === "against" ? "down" : "beneath",
        colour: one.name,
      })),
    [labels, language],
  );
  const dated = useMemo<Dated[]>(() => {
    const { published } = articles();
    return kept.map((row) => [published[stances.article[row]!]!, stances.label[row]!, 1]);
  }, [kept, stances]);
  const by = stances.holders[holder];
  const nothing = !chosen.holder && !chosen.target;
  const toward = target >= 0 ? named(language, site().targets[target]) : w.everyTarget;
  const said = nothing ? w.everything : `${by ? nameText(language, by) : w.everyone} · ${toward}`;
  return (
    <section class="stance-panel">
      <h2 ref={heading} tabIndex={-1}>
        {nothing ? (
          w.everything
        ) : (
          <>
            {by ? <Name of={by} /> : w.everyone}
            <Toward />
            <bdi>{toward}</bdi>
          </>
        )}{" "}
        <span class="soft number">{count(kept.length)}</span>
      </h2>
      <p class="actions">
        {by && !VOICES.includes(by.id) && (
          <a class="button" href={link("entity", by.id)}>
            {w.page}
          </a>
        )}
        {!nothing && (
          <a class="button" href={changed(route, { holder: null, target: null })}>
            <Icon name="close" />
            {w.clear}
          </a>
        )}
        <Copy label={w.link} icon="link" text={() => location.href} />
      </p>
      <div class="card">
        <h3>{w.time}</h3>
        <Timeline
          title={`${w.time}: ${said}`}
          dated={dated}
          series={series}
          period={periodOf(route.query.get("per"))}
          choose={(per) => change(route, { per: per === "year" ? null : per })}
        />
      </div>
      <div class="toolbar above">
        <h3>{w.list}</h3>
        <Download
          name={["marsad-stances", chosen.holder, chosen.target].filter(Boolean).join("-")}
          rows={() => kept.map((row) => stanceRow(stances, row))}
        />
      </div>
      <StanceList stances={stances} rows={kept} first={10} />
    </section>
  );
}

/** Whether the page is too narrow for twelve columns. */
function useNarrow(): boolean {
  const [media] = useState(() => matchMedia("(max-width: 62rem)"));
  const [narrow, set] = useState(media.matches);
  useEffect(() => {
    const renew = () => set(media.matches);
    media.addEventListener("change", renew);
    return () => media.removeEventListener("change", renew);
  }, [media]);
  return narrow;
}
