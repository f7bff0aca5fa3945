/** A raw line with everything that is marked on it. */

import type { ComponentChildren } from "preact";

import { useLanguage, named, useWords } from "../language";
import { site } from "../load";
import { Shown } from "../parts/odd";
import type { EntityMark, StanceMark } from "./compare";
import type { Measured } from "./offsets";
import { pieces, type Laned, type Piece, type Span } from "./pieces";
import type { Place } from "./place";
import { WORDS } from "./words";

/** The evidence of one or more stances, with the numbers that they have beside the text. */
export interface Evidence extends Span {
  stances: { number: number; mark: StanceMark }[];
}

export interface LineProps {
  text: Measured;
  line: Span;
  entities: EntityMark[];
  evidence: Evidence[];
  hits: Span[];
  cuts: number[];
  place: Place | null;
  /** The entity all of whose mentions are lit. */
  lit: string | null;
  select: (place: Place) => void;
  linkTo: (place: Place) => string;
}

export function MarkedLine(props: LineProps) {
  const { line, entities, evidence, hits, cuts } = props;
  return (
    <>
      {pieces(line, entities, evidence, hits, cuts).map((piece, at) => (
        <PieceOf key={at} piece={piece} {...props} />
      ))}
    </>
  );
}

function PieceOf({ piece, ...props }: { piece: Piece<EntityMark, Evidence> } & LineProps) {
  if (piece.kind === "cut")
    return (
      <span class="cut" aria-hidden="true">
        ¶
      </span>
    );
  const inner =
    piece.kind === "text" ? (
      <Stretch piece={piece} {...props} />
    ) : piece.kind === "tag" ? (
      <Tag of={piece.of} {...props} />
    ) : (
      <Note of={piece.of} {...props} />
    );
  return (
    <Wrapped around={piece.around} props={props} piece={piece}>
      {inner}
    </Wrapped>
  );
}

function Wrapped({
  around,
  piece,
  props,
  children,
}: {
  around: Laned<EntityMark>[];
  piece: Piece<EntityMark, Evidence>;
  props: LineProps;
  children: ComponentChildren;
}) {
  const { place, lit } = props;
  let inside = children;
  for (const { mark, lane } of around) {
    const chosen = place?.kind === "span" && place.start === mark.start && place.end === mark.end;
    const from = piece.kind === "text" && piece.start === mark.start;
    inside = (
      <span
        class={`entity${chosen || (lit !== null && mark.entity === lit) ? " chosen" : ""}${from ? " from" : ""}`}
        data-type={site().layers.ner[mark.label]?.name}
        data-state={mark.state ?? undefined}
        data-span={`${mark.start}-${mark.end}`}
        style={{ "--lane": lane }}
      >
        {inside}
      </span>
    );
  }
  return <>{inside}</>;
}

function Stretch({
  piece,
  text,
  place,
}: { piece: Extract<Piece<EntityMark, Evidence>, { kind: "text" }> } & LineProps) {
  const shown = <Shown text={text.slice(piece.start, piece.end)} />;
  const names = [
    ...new Set(
      piece.evidence.flatMap((one) => one.stances.map((s) => site().layers.stance[s.mark.label]?.name)),
    ),
  ];
  const chosen =
    place?.kind === "stance" &&
    piece.evidence.some((one) =>
      one.stances.some(
        ({ mark }) =>
          mark.holder === place.holder &&
          mark.passage[0] === place.start &&
          site().targets[mark.target]?.name === place.target,
      ),
    );
  const within = place?.kind === "span" && place.start <= piece.start && piece.end <= place.end;
  const stretch = piece.hit ? <mark>{shown}</mark> : shown;
  if (!names.length && !within) return stretch;
  return (
    <span
      class={`stretch${names.length ? " evidence" : ""}${chosen ? " chosen" : ""}${within ? " within" : ""}`}
      data-label={names.length > 1 ? "mixed" : names[0]}
    >
      {stretch}
    </span>
  );
}

/** The type of the mark that ends here, as a link to the mark itself. */
function Tag({ of, text, select, linkTo }: { of: Laned<EntityMark> } & LineProps) {
  const language = useLanguage();
  const w = useWords(WORDS);
  const { mark } = of;
  const type = site().layers.ner[mark.label];
  const place: Place = { kind: "span", start: mark.start, end: mark.end };
  const state = mark.state ? `, ${w.states[mark.state]}` : "";
  return (
    <a
      class="tag"
      dir="ltr"
      data-type={type?.name}
      data-state={mark.state ?? undefined}
      data-difference={mark.state && mark.state !== "same" ? "" : undefined}
      href={linkTo(place)}
      aria-label={`${type?.name}: ${text.slice(mark.start, mark.end)}${state}`}
      title={`${named(language, type)}${state}`}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        event.stopPropagation();
        select(place);
      }}
    >
      {mark.state === "here" ? "+" : mark.state === "there" ? "−" : mark.state === "other" ? "≠" : ""}
      {type?.name}
    </a>
  );
}

/** The numbers of the stances whose evidence begins here. */
function Note({ of }: { of: Evidence }) {
  return (
    <sup class="note" aria-hidden="true">
      {of.stances.map((one) => one.number).join(" ")}
    </sup>
  );
}
