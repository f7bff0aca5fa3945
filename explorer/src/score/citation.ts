/** A figure as a sentence that a paper could take. */

import type { LayerName, Result } from "../data";
import { figure, type Language } from "../language";
import { site } from "../load";
import { valueName } from "../names";
import { figureName, main, taskName } from "./figures";

export interface Cited {
  /** None for the ceiling. */
  id: string | null;
  title: string;
  task: LayerName;
  split: string;
  result: Result;
}

export function cite(language: Language, { id, title, task, split, result }: Cited): string {
  const [value, low, high] = main(result);
  const name = figureName(language, result.metric);
  const spread = result.seeds ? ` ± ${figure(result.seeds.sd)}` : "";
  const called = id === null ? title : `${title} (${id})`;
  const bounded = low !== null && high !== null;
  if (language === "ar") {
    const interval = bounded
      ? ` (مجال الثقة 95%: من ${figure(low)} إلى ${figure(high)}، بإعادة المعاينة بالمقالات، وعددها ${result.articles})`
      : "";
    return (
      `بلغت نتيجة ${called} في مهمة «${taskName(language, task)}» على نصوص ${valueName(language, split)} ` +
      `من مجموعة مرصد، الإصدار ${site().version}: ${name} = ${figure(value)}${spread}${interval}؛ التوقيع: ${result.signature}`
    );
  }
  const interval = bounded
    ? ` (95% interval ${figure(low)}–${figure(high)}, bootstrap over ${result.articles} articles)`
    : "";
  return (
    `${called} reaches a ${name} of ${figure(value)}${spread}${interval} on the ${split} split of the ${task} task ` +
    `of Marsad ${site().version}; signature ${result.signature}.`
  );
}

/** A link as one would paste it elsewhere. */
export function address(hash: string): string {
  return new URL(hash, location.href).href;
}
