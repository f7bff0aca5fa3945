/** The names of entities and holders, in the language of the page and in the other one. */

import { useLanguage, type Language } from "../language";
import { quiet } from "./odd";

export interface Names {
  name_en: string;
  name_ar: string;
}

/** The name in this language as a quiet string, for attributes and titles; the other one where it has none. */
export function nameText(language: Language, one: Names): string {
  return quiet((language === "ar" ? one.name_ar || one.name_en : one.name_en || one.name_ar) || "–");
}

function Isolated({ text, arabic }: { text: string; arabic: boolean }) {
  return (
    <bdi lang={arabic ? "ar" : "en"} dir={arabic ? "rtl" : "ltr"}>
      {quiet(text)}
    </bdi>
  );
}

/** The name in the page's language, isolated. */
export function Name({ of }: { of: Names }) {
  const language = useLanguage();
  const arabic = language === "ar" ? of.name_ar !== "" : of.name_en === "";
  return <Isolated text={(arabic ? of.name_ar : of.name_en) || "–"} arabic={arabic} />;
}

/** The name in the other language, isolated; nothing where both are one. */
export function OtherName({ of }: { of: Names }) {
  const arabic = useLanguage() !== "ar";
  const text = arabic ? of.name_ar : of.name_en;
  return text && of.name_ar !== of.name_en ? <Isolated text={text} arabic={arabic} /> : null;
}
