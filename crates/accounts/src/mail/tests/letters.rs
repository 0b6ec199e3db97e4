//! What is written.

use model::UnixMs;
use rstest::rstest;

use crate::{
    Email, Mail, Mailer,
    letters::{self, Invitation},
};

const INSTANCE: &str = "https://tiny.example";
const LINK: &str = "https://tiny.example/verify/Zm9v?a=1&b=2";
const AT: UnixMs = UnixMs(1_775_830_505_000);

fn ada() -> Email {
    Email::parse("ada@example.com").unwrap()
}

fn invited(workspace: &str, inviter: &str) -> Mail {
    let role = "Analyst";
    let words = Invitation { workspace, inviter, role, link: LINK, expires_at: AT };
    letters::invitation(ada(), INSTANCE, words)
}

#[rstest]
#[case::verify(letters::verify_address(ada(), INSTANCE, LINK), "for 24 hours")]
#[case::reset(letters::reset_password(ada(), INSTANCE, LINK), "for 1 hour")]
#[case::taken(letters::address_taken(ada(), INSTANCE, LINK), "If it was not you")]
#[case::invited(invited("Acme", "Bob"), "for 7 days, until 2026-04-10 14:15 UTC")]
#[case::offered(
    letters::ownership_offered(ada(), INSTANCE, "Acme", "Bob", LINK),
    "as long as the offer"
)]
fn text_and_html_hold_the_same_link_and_say_how_long_it_works(
    #[case] mail: Mail,
    #[case] how_long: &str,
) {
    assert_eq!(mail.link(), Some(LINK));
    assert!(mail.text().contains(&format!("\n{LINK}\n")), "{}", mail.text());
    assert!(mail.html().contains("href=\"https://tiny.example/verify/Zm9v?a=1&amp;b=2\""));
    assert!(mail.html().contains("<br>https://tiny.example/verify/Zm9v?a=1&amp;b=2</p>"));
    assert!(mail.text().contains(how_long), "{}", mail.text());
    assert!(mail.html().contains(how_long), "{}", mail.html());
}

#[rstest]
#[case::changed(letters::password_changed(ada(), INSTANCE, AT))]
#[case::deleted(letters::account_deleted(ada(), INSTANCE, AT))]
fn news_has_no_link_says_when_and_what_to_do(#[case] mail: Mail) {
    assert_eq!(mail.link(), None);
    for form in [mail.text(), mail.html()] {
        assert!(form.contains("at 2026-04-10 14:15 UTC"), "{form}");
        assert!(form.contains("If it was not you"), "{form}");
    }
}

#[test]
fn an_invitation_reads_well() {
    insta::assert_snapshot!(invited("Acme & Sons", "Bob").text(), @r"
    Hello,

    Bob invites you to the workspace “Acme & Sons” at https://tiny.example, in the role “Analyst”.

    See the invitation:
    https://tiny.example/verify/Zm9v?a=1&b=2

    The link works for 7 days, until 2026-04-10 14:15 UTC, and for ada@example.com only.

    If you do not know what this is about, do nothing: you are in only when you accept.

    Sent by Tiny at https://tiny.example
    ");
}

#[test]
fn names_are_text_in_html() {
    let mail = invited("<img src=//eve.example>", "Bob \"& Sons\"");
    assert!(mail.html().contains("“&lt;img src=//eve.example&gt;”"), "{}", mail.html());
    assert!(mail.html().contains("<title>Bob \"&amp; Sons\" invites you to &lt;img"));
    assert!(!mail.html().contains("<img"));
    assert!(mail.text().contains("“<img src=//eve.example>”"), "{}", mail.text());
}

#[test]
fn a_link_cannot_leave_its_attribute() {
    let mail = letters::verify_address(ada(), INSTANCE, "https://tiny.example/\"onclick=\"x");
    assert!(mail.html().contains("href=\"https://tiny.example/&quot;onclick=&quot;x\""));
}

#[test]
fn a_name_cannot_begin_a_line() {
    let mail = invited("Acme\r\nBcc: eve@example.com\r\n\r\nPay here:", "Bob\u{2028}Eve");
    assert_eq!(mail.subject(), "Bob Eve invites you to Acme Bcc: eve@example.com Pay here:");
    assert!(!mail.text().contains("\nBcc") && !mail.text().contains("\nPay"), "{}", mail.text());
}

#[test]
fn a_mail_is_never_printed() {
    let mail = letters::reset_password(ada(), INSTANCE, LINK);
    assert_eq!(format!("{mail:?}"), "Mail(…)");
}

#[test]
fn what_is_sent_to_memory_can_be_read_there_and_off_keeps_nothing() {
    let mail = letters::reset_password(ada(), INSTANCE, LINK);
    let (memory, off) = (Mailer::memory(), Mailer::off());
    for mailer in [&memory, &off] {
        assert_eq!(mailer.clone().send(mail.clone()), mailer.is_configured());
    }
    assert_eq!((memory.is_configured(), memory.sent()), (true, vec![mail]));
    assert_eq!((off.is_configured(), off.sent()), (false, Vec::new()));
}
