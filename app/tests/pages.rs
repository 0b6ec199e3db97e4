//! Every page in every state: what must hold for all of them.

#[path = "../examples/gallery/account.rs"]
mod account;
#[path = "../examples/gallery/billing.rs"]
mod billing;
#[path = "../examples/gallery/data.rs"]
mod data;
#[path = "../examples/gallery/pages.rs"]
mod pages;
#[path = "../examples/gallery/team.rs"]
mod team;
#[path = "../examples/gallery/workspace.rs"]
mod workspace;

/// What the content security policy would refuse, and what must not be there twice.
#[test]
fn no_page_has_inline_style_script_or_handler() {
    for (name, html) in pages::all() {
        assert!(!html.contains(" style=\""), "{name} has an inline style");
        assert!(!html.contains("<style"), "{name} has a style element");
        for script in html.split("<script").skip(1) {
            assert!(
                script.starts_with(" type=\"module\" src=\"/assets/boot-"),
                "{name} has an inline script"
            );
        }
        assert!(!html.contains(" onclick="), "{name} has an inline handler");
        assert!(!html.contains("javascript:"), "{name} has a script as address");
    }
}

#[test]
fn every_page_has_one_heading_one_main_and_a_title() {
    for (name, html) in pages::all() {
        assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"), "{name}");
        assert_eq!(html.matches("<h1").count(), 1, "{name} has not one h1");
        assert_eq!(html.matches("<main").count(), 1, "{name} has not one main");
        assert!(html.contains(" · Tiny</title>"), "{name}");
    }
}

#[test]
fn ids_are_unique_and_every_label_has_its_field() {
    for (name, html) in pages::all() {
        let ids = attributes(&html, "id");
        for id in &ids {
            assert_eq!(ids.iter().filter(|other| *other == id).count(), 1, "{name} has {id} twice");
        }
        for field in attributes(&html, "for").iter().chain(&attributes(&html, "aria-labelledby")) {
            assert!(ids.contains(field), "{name} has a label for {field}, which is not there");
        }
    }
}

#[test]
fn what_people_typed_is_never_markup() {
    for (name, html) in pages::all() {
        assert!(!html.contains("<test>"), "{name} shows a workspace's name as markup");
        assert!(!html.contains("<script>alert"), "{name} shows a body as markup");
    }
}

#[test]
fn a_refused_password_is_not_sent_back() {
    for (name, html) in pages::all().into_iter().filter(|(name, _)| name.ends_with("-refused")) {
        assert!(!html.contains("value=\"wrong\""), "{name}");
        assert!(!html.contains("value=\"short\""), "{name}");
    }
}

#[test]
fn every_change_is_a_form_and_only_for_those_who_may() {
    let page = |wanted: &str| {
        let found = pages::all().into_iter().find(|(name, _)| *name == wanted);
        found.unwrap_or_default().1
    };
    for action in ["origins/add", "origins/remove", "settings", "active", "rotate-key"] {
        let form = format!("method=\"post\" action=\"/acme/analytics/setup/web-app/{action}\"");
        assert!(page("setup").contains(&form), "{action} has no form");
        assert!(!page("setup-viewer").contains(&form), "{action} is shown to a viewer");
    }
    for action in ["/settings\"", "/settings/ownership/offer", "/settings/delete"] {
        let form = format!("method=\"post\" action=\"/acme{action}");
        assert!(page("settings").contains(&form), "{action} has no form");
        assert!(!page("settings-viewer").contains(&form), "{action} is shown to a viewer");
    }
    assert!(!page("settings").contains("action=\"/acme/settings/leave"), "the last owner leaves");
    assert!(page("settings-offered").contains("action=\"/acme/settings/ownership/accept\""));
    assert!(page("roles").contains("/acme/access/roles/new"));
    assert!(!page("roles-viewer").contains("/acme/access/roles/new"));
    assert!(page("bulk-checked").contains("action=\"/acme/access/invitations/bulk/send\""));
    assert!(!page("bulk-nothing").contains("bulk/send"));
    assert!(page("debug").contains("action=\"/acme/analytics/setup/web-app/origins/add\""));
    assert!(!page("setup-new-viewer").contains("action=\"/acme"));
    assert!(page("team-full").contains("formaction=\"/acme/access/team\""));
    assert_eq!(page("team-full").matches("/resend\"").count(), 2);
    assert!(!page("team-viewer").contains("method=\"post\" action=\"/acme"));
    let (remove, leave) = ("/remove\"", "action=\"/acme/settings/leave\"");
    assert!(page("member").contains(remove) && !page("member").contains(leave));
    assert!(page("member-you").contains(leave) && !page("member-you").contains(remove));
    assert!(!page("member-last-owner").contains("method=\"post\" action=\"/acme"));
    assert!(page("invitation").contains("action=\"/invitations/abc/signup\""));
    assert!(!page("invitation-closed").contains("action=\"/invitations"));
}

/// Names and documents of the billing pages for those who may only look, or for the others.
fn billing_pages(is_look_only: bool) -> Vec<(&'static str, String)> {
    let of = |(name, _): &(&str, String)| {
        name.starts_with("billing-") && name.ends_with("-look-only") == is_look_only
    };
    pages::all().into_iter().filter(of).collect()
}

#[test]
fn whoever_may_only_look_at_billing_can_change_nothing() {
    let acts = ["checkout", "seats", "cancel", "resume", "portal"];
    let form = |act: &str| format!("action=\"/acme/billing/{act}\"");
    let looked_at = billing_pages(true);
    assert!(looked_at.len() > 20, "{}", looked_at.len());
    for (name, html) in looked_at {
        for act in acts {
            assert!(!html.contains(&form(act)), "{name} has the form for {act}");
        }
        assert!(!html.contains("name=\"quantity\""), "{name} asks for seats");
    }
    let changed = billing_pages(false);
    for act in acts {
        let is_there = changed.iter().any(|(_, html)| html.contains(&form(act)));
        assert!(is_there, "no state has the form for {act}");
    }
}

#[test]
fn what_is_sold_otherwise_has_the_door_that_changes_it() {
    let page = |wanted: &str| {
        pages::all().into_iter().find(|(name, _)| *name == wanted).unwrap_or_default().1
    };
    let (seats, portal) = ("name=\"quantity\"", "action=\"/acme/billing/portal\"");
    for (name, words) in [
        ("billing-flat", "Change to another plan at Stripe"),
        ("billing-earlier-price", "Change the plan at Stripe"),
        ("billing-several", "See them at Stripe"),
    ] {
        let html = page(name);
        assert!(html.contains(words) && html.contains(portal), "{name}");
    }
    for name in ["billing-flat", "billing-earlier-price"] {
        let html = page(name);
        assert!(!html.contains(seats), "{name} asks for seats");
        assert!(html.contains("or change the plan.") && !html.contains("add seats"), "{name}");
    }
    let incomplete = page("billing-incomplete");
    for words in ["Finish the payment", "Give it up", "The Free plan counts now: 3 seats."] {
        assert!(incomplete.contains(words), "{words}");
    }
    for words in ["paid for", seats, "Cancel the plan", "Change to another plan"] {
        assert!(!incomplete.contains(words), "{words}");
    }
    let lost = page("billing-lost");
    for words in ["Ask Stripe now", "Ask again", "Invoices and card", portal] {
        assert!(lost.contains(words), "{words}");
    }
}

#[test]
fn a_plan_that_is_not_paid_keeps_its_name_and_says_what_counts_instead() {
    for (name, html) in billing_pages(false) {
        let is_unpaid = ["grace-over", "incomplete", "unpaid", "paused"]
            .iter()
            .any(|state| name == format!("billing-{state}"));
        let counts = html.contains("The Free plan counts now: 3 seats.");
        assert_eq!(counts, is_unpaid, "{name}");
        assert!(!is_unpaid || html.contains("Team plan"), "{name}");
        assert!(!is_unpaid || !html.contains("which is paid for"), "{name}");
    }
}

#[test]
fn a_late_payment_stands_on_every_page_but_the_plans_own() {
    let page = |wanted: &str| {
        pages::all().into_iter().find(|(name, _)| *name == wanted).unwrap_or_default().1
    };
    let words = "A payment for the plan";
    for name in ["overview-late", "overview-too-late"] {
        let html = page(name);
        assert!(
            html.contains(words) && html.contains("href=\"/acme/billing\">See to it"),
            "{name}"
        );
    }
    assert!(!page("overview").contains(words) && !page("billing-late").contains(words));
}

/// A page that answers a form is not announced by itself.
#[test]
fn what_is_wrong_with_a_form_has_the_cursor_or_is_named_by_the_field_that_has_it() {
    let mut told = 0;
    for (name, html) in pages::all() {
        let alerts: Vec<&str> = html.split("role=\"alert\"").skip(1).collect();
        assert!(alerts.len() < 2, "{name} has more than one alert");
        for alert in alerts {
            told += 1;
            let tag = alert.split('>').next().unwrap_or_default();
            assert!(tag.contains("id=\"form-problem\" tabindex=\"-1\""), "{name}: {tag}");
            let field = html.split("aria-describedby=\"form-problem").next().unwrap_or_default();
            let is_named = field.len() < html.len() && field.contains(" autofocus");
            assert!(tag.contains(" autofocus") || is_named, "{name} hides what is wrong");
        }
    }
    assert!(told > 8, "{told}");
}

#[test]
fn where_mail_is_sent_the_team_speaks_of_mails_and_shows_no_link() {
    let page = |wanted: &str| {
        pages::all().into_iter().find(|(name, _)| *name == wanted).unwrap_or_default().1
    };
    let (linked, mailed) = (page("team-linked"), page("team-mailed"));
    assert!(linked.contains("You get a link to hand on."));
    assert!(linked.contains("New link for bo@acme.dev") && linked.contains("/invitations/abc"));
    for words in ["Send again to bo@acme.dev", "Invitation sent to bo@acme.dev.", "They get a mail"]
    {
        assert!(mailed.contains(words), "{words}");
    }
    assert!(!mailed.contains("/invitations/abc"));
}

fn attributes(html: &str, name: &str) -> Vec<String> {
    let start = format!(" {name}=\"");
    let values = html.split(&start).skip(1).filter_map(|rest| rest.split('"').next());
    values.map(str::to_owned).collect()
}
