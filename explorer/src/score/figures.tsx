/** Figures and what they are called: metrics, intervals, roles of baselines. */

import type { Figure, LayerName, Result } from "../data";
import { Digits, figure, readable, useLanguage, useWords, words, type Language } from "../language";

/** Of each figure its name and what it says, as in the tasks' pages. */
const FIGURES = words<Record<string, [name: string, meaning: string]>>(
  {
    nested_f1: ["nested F1", "micro F1 of exact spans with their types, nested ones included"],
    flat_f1: ["flat F1", "F1 of the outermost spans alone"],
    coarse_f1: ["coarse F1", "F1 of four types: person, place, organisation, other"],
    precision: ["precision", "how much of what the system answered is in gold"],
    recall: ["recall", "how much of gold the system found"],
    macro_f1: ["macro F1", "the mean of F1 over the labels that gold has"],
    micro_f1: ["micro F1", "F1 over all units together"],
    exact_clean_text: ["exact clean text", "articles whose headline and body lines are kept exactly"],
  },
  {
    nested_f1: ["nested F1", "F1 للكيانات، ومنها المتداخلة، بحدودها ونوعها تمامًا"],
    flat_f1: ["flat F1", "F1 للكيانات الخارجية وحدها"],
    coarse_f1: ["coarse F1", "F1 بأربعة أنواع: شخص، مكان، منظمة، غير ذلك"],
    precision: ["الدقة", "ما صح مما أجاب به النظام"],
    recall: ["الاستدعاء", "ما وجده النظام مما في المرجع"],
    macro_f1: ["macro F1", "متوسط F1 على التصنيفات الواردة في المرجع"],
    micro_f1: ["micro F1", "F1 على الوحدات كلها معًا"],
    exact_clean_text: ["نص نظيف تام", "مقالات حُفظت أسطر عنوانها ومتنها بلا خطأ"],
  },
);

export function figureName(language: Language, name: string): string {
  return FIGURES[language][name]?.[0] ?? readable(name);
}

export function figureMeaning(language: Language, name: string): string | undefined {
  return FIGURES[language][name]?.[1];
}

/** The name of a figure, left to right where it has no Arabic one. */
export function FigureName({ name }: { name: string }) {
  const shown = figureName(useLanguage(), name);
  return /[a-z]/i.test(shown) ? (
    <bdi lang="en" dir="ltr">
      {shown}
    </bdi>
  ) : (
    <>{shown}</>
  );
}

export type Role = "baseline" | "probe" | "floor" | "ceiling";

/** In the order of the tables: what is read first, first. */
export const ROLES: readonly Role[] = ["baseline", "probe", "floor", "ceiling"];

const ROLE_WORDS = words<Record<Role, { one: string; many: string; meaning: string }>>(
  {
    baseline: {
      one: "Baseline",
      many: "Baselines",
      meaning: "A system that was fitted on train and sees all that the task allows.",
    },
    probe: {
      one: "Probe",
      many: "Probes",
      meaning:
        "Sees too little on purpose and must not work: what it reaches, the data give away without the skill that is asked for.",
    },
    floor: {
      one: "Floor",
      many: "Floors",
      meaning: "Does not read at all, such as the commonest label or a random draw: where figures begin.",
    },
    ceiling: {
      one: "Ceiling",
      many: "Ceiling",
      meaning:
        "The second annotator's work before adjudication, scored like a system. It is an upper bound, for gold was made from it.",
    },
  },
  {
    baseline: {
      one: "نظام أساس",
      many: "أنظمة الأساس",
      meaning: "نظام تدرّب على نصوص التدريب، ويرى كل ما تتيحه المهمة.",
    },
    probe: {
      one: "مسبار",
      many: "المسابير",
      meaning:
        "يرى أقل مما يلزم عمدًا، ولا ينبغي له أن ينجح: ما يبلغه تكشفه البيانات من غير المهارة المطلوبة.",
    },
    floor: {
      one: "حد أدنى",
      many: "الحدود الدنيا",
      meaning: "لا يقرأ شيئًا، كأن يجيب بالتصنيف الأكثر ورودًا أو بقرعة: من عنده تبدأ الأرقام.",
    },
    ceiling: {
      one: "سقف",
      many: "السقف",
      meaning: "عمل المحكّم الثاني قبل الفصل، محسوبًا كأنه نظام. وهو حد أعلى، لأن المرجع بُني منه.",
    },
  },
);

export function roleWords(language: Language, role: string): { one: string; many: string; meaning: string } {
  return ROLE_WORDS[language][role as Role] ?? { one: role, many: role, meaning: "" };
}

/** The sign of a role, as the chart draws it. */
export function Sign({ role }: { role: string }) {
  return (
    <svg class={`sign ${role}`} viewBox="-8 -8 16 16" aria-hidden="true" focusable="false">
      <Point role={role} x={0} y={0} />
    </svg>
  );
}

export function Point({ role, x, y }: { role: string; x: number; y: number }) {
  if (role === "probe") return <path class="point" d={`M${x} ${y - 6.5}l6.5 6.5-6.5 6.5-6.5-6.5z`} />;
  if (role === "floor") return <path class="point" d={`M${x - 4.5} ${y - 4.5}h9v9h-9z`} />;
  if (role === "ceiling") return <path class="point" d={`M${x} ${y - 7}v14`} />;
  return <circle class="point" cx={x} cy={y} r={5} />;
}

/** The main figure of a result. */
export function main(result: Result): Figure {
  return result.figures[result.metric] ?? [0, null, null];
}

/** A value with three digits, and how it varies over seeds where it was drawn with several. */
export function Value({ value, sd }: { value: number | null | undefined; sd?: number | undefined }) {
  return (
    <Digits>
      {figure(value)}
      {sd === undefined ? "" : ` ± ${figure(sd)}`}
    </Digits>
  );
}

export function Interval({ figure: [, low, high] }: { figure: Figure }) {
  return <Digits>{low === null || high === null ? "–" : `${figure(low)} – ${figure(high)}`}</Digits>;
}

/** A baseline's title: English in the data, whatever the page's language. */
export function Title({ children }: { children: string }) {
  return (
    <bdi lang="en" dir="ltr">
      {children}
    </bdi>
  );
}

const TASKS = words<Record<LayerName, [title: string, question: string]>>(
  {
    structure: [
      "Structure",
      "Which lines of a raw page are its headline, which its body, and which are not the article?",
    ],
    topic: ["Topic", "What is a passage about? One or more topics."],
    stance: ["Stance", "Is a holder, in this passage, in favor of a target, against it, or neutral?"],
    ner: [
      "Named entities",
      "Where are the named entities of a passage, nested ones included, and of which type?",
    ],
  },
  {
    structure: ["بنية المقال", "أي أسطر الصفحة الخام عنوان، وأيها متن، وأيها خارج المقال؟"],
    topic: ["الموضوع", "عن ماذا تتحدث الفقرة؟ لكل فقرة موضوع واحد أو أكثر."],
    stance: ["الموقف", "هل صاحب الموقف في هذه الفقرة مؤيد للقضية أم معارض لها أم محايد؟"],
    ner: ["الكيانات المسماة", "أين الكيانات المسماة في الفقرة، ومنها المتداخلة، وما نوع كل منها؟"],
  },
);

export function taskName(language: Language, task: LayerName): string {
  return TASKS[language][task]?.[0] ?? task;
}

export function useTaskQuestion(task: LayerName): string {
  return useWords(TASKS)[task]?.[1] ?? "";
}
