/** The heading of a page, which also names the page in the browser. It takes the focus when one comes to the page. */

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

import { useLanguage } from "../language";

export function Heading({
  title,
  children,
  lang,
}: {
  title: string;
  children?: ComponentChildren;
  lang?: "ar";
}) {
  const language = useLanguage();
  useEffect(() => {
    document.title = language === "ar" ? `${title} · مرصد` : `${title} · Marsad`;
  }, [title, language]);
  return (
    <h1 tabIndex={-1} {...(lang ? { lang, dir: "rtl" } : {})}>
      {children ?? title}
    </h1>
  );
}
