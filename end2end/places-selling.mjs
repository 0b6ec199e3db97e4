/** The pages that are different where plans are sold, in every state worth a look; what `places.mjs` says of places holds. */

import { buyButton, invite, seatsField } from "./pages.mjs";

const billing = ({ slug }, query = "") => `/${slug}/billing${query}`;

/** A browser would not send what the page has not allowed. */
const allow = (field) => field.evaluate((input) => input.removeAttribute("min"));

export const sellingPlaces = [
  { name: "billing, plans to buy", path: ({ free }) => billing(free) },
  {
    name: "billing, number refused",
    isRefusal: true,
    path: ({ free }) => billing(free),
    async then(page) {
      await allow(seatsField(page));
      await seatsField(page).fill("0");
      await buyButton(page).click();
    },
    answers: [[400, /\/billing\/checkout$/]],
  },
  {
    name: "billing, plan refused",
    isRefusal: true,
    path: ({ free }) => billing(free),
    async then(page) {
      await page.getByRole("radio").first().evaluate((radio) => (radio.value = "price_gone"));
      await buyButton(page).click();
    },
    answers: [[400, /\/billing\/checkout$/]],
  },
  {
    name: "team, no seat, and some to buy",
    isRefusal: true,
    path: ({ free }) => `/${free.slug}/access/team`,
    then: (page) => invite(page, "nobody@acme.dev"),
    answers: [[402, /\/access\/invitations$/]],
  },
  {
    name: "billing, paid, with a preview",
    path: ({ paid }) => billing(paid, "?done=bought&quantity=7"),
    then: (page) => page.getByText("Cancel the plan", { exact: true }).click(),
  },
  {
    name: "billing, preview refused",
    isRefusal: true,
    path: ({ paid }) => billing(paid, "?quantity=0"),
    answers: [[400, /\/billing\?quantity=0$/]],
  },
  { name: "billing, flat plan", path: ({ flat }) => billing(flat) },
  { name: "billing, payment late", path: ({ late }) => billing(late) },
  {
    name: "billing, nothing to be changed",
    isRefusal: true,
    path: ({ free }) => billing(free),
    // The form of a page that was open while the plan ended.
    then: (page) =>
      page.getByRole("main").locator("form").first().evaluate((form) => {
        form.action = form.action.replace(/checkout$/, "resume");
        form.noValidate = true;
        form.requestSubmit();
      }),
    answers: [[409, /\/billing\/resume$/]],
  },
  { name: "overview, payment late", path: ({ late }) => `/${late.slug}` },
  { name: "stripe's messages", path: () => "/instance/stripe" },
];
