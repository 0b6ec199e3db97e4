/** What page an event happened on, and when the visitor moved to another one. */

import { safely } from "./log";
import { TITLE_SETTLES_MS, type PageInfo } from "./protocol";

type Url = Pick<URL, "href" | "origin">;

/** A jump to an anchor stays on the page; `#/` and `#!` are the routes of hash routers. */
const withoutAnchor = ({ href }: Url): string => href.replace(/#(?![/!]).*/, "");

export function createPages() {
  let viewed = document.referrer;
  let referrer = viewed;

  const describe = (url: Url): PageInfo => ({
    url: url.href,
    path: withoutAnchor(url).slice(url.origin.length),
    title: document.title,
    referrer: referrer || null,
  });

  return {
    current: (): PageInfo => describe(location),

    /** The page for a page view: the page before it becomes its referrer. */
    view(path?: string): PageInfo {
      const { href } = location;
      const shown = withoutAnchor(location);
      const url = new URL(path ?? href, href);
      if (viewed !== url.href) referrer = viewed;
      viewed = url.href;
      const page = describe(url);
      setTimeout(() => {
        if (withoutAnchor(location) === shown) page.title = document.title;
      }, TITLE_SETTLES_MS);
      return page;
    },
  };
}

/** Calls back once for every change of the URL inside the app. */
export function watchNavigation(onNavigate: () => void): void {
  const here = () => withoutAnchor(location);
  let last = here();
  const check = safely(() => {
    if (last !== (last = here())) onNavigate();
  });

  const { navigation } = window;
  if (navigation) {
    navigation.addEventListener("currententrychange", check);
    return;
  }
  for (const method of ["pushState", "replaceState"] as const) {
    const original = history[method];
    history[method] = function () {
      original.apply(this, arguments as never);
      check();
    };
  }
  addEventListener("popstate", check);
}
