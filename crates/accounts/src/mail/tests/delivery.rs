//! On the way to a real mail server.

use std::{net::TcpListener, time::Duration};

use db::{Chance, Clock};
use mailin::{Response, response};
use model::UnixMs;
use testkit::Log;
use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    super::{delivery::Pace, server::Security},
    post_office::{PostOffice, TAKE_IT, Verdict},
};
use crate::{
    Email, Mail, MailSettings, Mailer,
    letters::{self, Invitation},
};

const LINK: &str = "https://tiny.example/reset/Zm9vYmFyLW9wZW5zLWFuLWFjY291bnQ";
const PATIENCE: Duration = Duration::from_secs(20);
const NEVER: Duration = Duration::from_hours(1);
const QUICK: Pace = Pace {
    discretion: Duration::ZERO,
    pauses: [Duration::from_millis(1); 3],
    conversation: PATIENCE,
    farewell: PATIENCE,
};

struct Sending {
    mailer: Mailer,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Sending {
    fn through(url: &str, pace: Pace) -> Self {
        Self::with(&settings(url), pace)
    }

    fn with(settings: &MailSettings, pace: Pace) -> Self {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let clock = Clock::standing_at(UnixMs(1_775_830_505_000));
        let chance = Chance::seeded(1);
        let mailer = Mailer::paced(settings, clock, chance, &tasks, stop.clone(), pace).unwrap();
        Self { mailer, tasks, stop }
    }

    /// Waits until nothing is under way.
    async fn end(&self) {
        self.tasks.close();
        timeout(PATIENCE, self.tasks.wait()).await.expect("every mail has come to its end");
    }
}

fn settings(url: &str) -> MailSettings {
    MailSettings { server: url.parse().unwrap(), from: "Tiny <tiny@tiny.example>".parse().unwrap() }
}

fn reset() -> Mail {
    let to = Email::parse("ada@bücher.example").unwrap();
    letters::reset_password(to, "https://tiny.example", LINK)
}

fn invitation() -> Mail {
    let to = Email::parse("bob@example.com").unwrap();
    let (workspace, inviter, role) = ("Acme", "Ada", "Viewer");
    let words = Invitation { workspace, inviter, role, link: LINK, expires_at: UnixMs(0) };
    letters::invitation(to, "https://tiny.example", words)
}

/// Sends one mail to a mail server with this verdict, waits for its end and gives what was logged.
async fn sent_to(verdict: Verdict) -> (PostOffice, String) {
    let (log, _listening) = Log::listen();
    let post = PostOffice::open(verdict);
    let sending = Sending::through(&format!("smtp://{}", post.addr), QUICK);
    sending.mailer.send(reset());
    sending.end().await;
    (post, log.text())
}

/// Neither whom it was for nor what it said may be in a log, at any level.
fn assert_discreet(log: &str) {
    for secret in ["ada", "cher", "Zm9v", "password", "s3cret"] {
        assert!(!log.contains(secret), "{secret} was logged:\n{log}");
    }
}

#[tokio::test]
async fn a_mail_arrives_with_both_forms() {
    let (mut post, log) = sent_to(TAKE_IT).await;
    let mail = post.next().await;
    assert_eq!((&*mail.hello, &*mail.from), ("tiny.example", "tiny@tiny.example"));
    assert_eq!(mail.to, ["ada@xn--bcher-kva.example"]);
    for header in [
        "Message-ID: <019d77bf-1628-7",
        "Date: Fri, 10 Apr 2026 14:15:05 +0000",
        "From: Tiny <tiny@tiny.example>",
        "To: ada@xn--bcher-kva.example",
        "Subject: Choose a new password",
        "Auto-Submitted: auto-generated",
        "Content-Type: multipart/alternative;",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8",
    ] {
        assert!(
            mail.data.contains(&format!("\r\n{header}")) || mail.data.starts_with(header),
            "{}",
            mail.data
        );
    }
    let unfolded = mail.data.replace("=\r\n", "");
    assert_eq!(unfolded.matches(LINK).count(), 3, "{unfolded}");
    assert_discreet(&log);
    assert!(!log.contains("ERROR"), "{log}");
}

#[tokio::test]
async fn a_mail_that_is_put_off_is_tried_again() {
    let (mut post, log) =
        sent_to(|tried| if tried < 3 { response::INTERNAL_ERROR } else { response::OK }).await;
    assert_eq!(post.next().await.to, ["ada@xn--bcher-kva.example"]);
    assert_eq!(post.tries(), 3);
    assert!(post.is_empty() && !log.contains("ERROR"), "{log}");
}

#[tokio::test]
async fn after_three_more_tries_it_is_given_up_and_logged_once_without_names() {
    let (post, log) =
        sent_to(|_| Response::custom(450, "4.2.1 <ada@bücher.example> try later".to_owned())).await;
    assert_eq!((post.tries(), post.is_empty()), (4, true), "{log}");
    assert_eq!(log.matches("a mail was given up reason=\"put_off\" code=450").count(), 1, "{log}");
    assert_discreet(&log);
}

#[tokio::test]
async fn what_is_refused_for_good_is_not_tried_again() {
    let (post, log) =
        sent_to(|_| Response::custom(550, "5.1.1 <ada@bücher.example> unknown".to_owned())).await;
    assert_eq!((post.tries(), post.is_empty()), (1, true), "{log}");
    assert_eq!(log.matches("a mail was given up reason=\"refused\" code=550").count(), 1, "{log}");
    assert_discreet(&log);
}

#[tokio::test]
async fn a_mail_server_that_is_away_is_named_as_the_reason() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (log, _listening) = Log::listen();
    let sending = Sending::through(&format!("smtp://ada:s3cret@{nobody}"), QUICK);
    sending.mailer.send(reset());
    sending.end().await;
    let log = log.text();
    assert!(
        log.contains("reason=\"unreachable\" cause=\"Connection error: Connection refused"),
        "{log}"
    );
    assert_discreet(&log);
}

#[tokio::test]
async fn user_and_password_are_told_to_the_mail_server_alone() {
    let (log, _listening) = Log::listen();
    let mut post = PostOffice::open_to_users();
    let sending = Sending::through(&format!("smtp://ada:s3cret%2F@{}", post.addr), QUICK);
    sending.mailer.send(reset());
    sending.end().await;
    assert_eq!(post.next().await.user, Some(("ada".to_owned(), "s3cret/".to_owned())));
    assert_discreet(&log.text());
}

#[tokio::test]
async fn where_tls_is_required_nothing_is_told_without_it() {
    let (log, _listening) = Log::listen();
    let post = PostOffice::open(TAKE_IT);
    let mut settings = settings(&format!("smtp://ada:s3cret@{}", post.addr));
    settings.server.security = Security::StartTls;
    let sending = Sending::with(&settings, QUICK);
    sending.mailer.send(reset());
    sending.end().await;
    assert_eq!((post.tries(), post.is_empty()), (0, true));
    let log = log.text();
    assert!(log.contains("reason=\"unsuitable\" cause=\"internal client error: STARTTLS"), "{log}");
    assert_discreet(&log);
}

#[tokio::test]
async fn a_name_adds_no_header_and_no_recipient() {
    let mut post = PostOffice::open(TAKE_IT);
    let sending = Sending::through(&format!("smtp://{}", post.addr), QUICK);
    let words = Invitation {
        workspace: "Acme\r\nBcc: eve@example.com",
        inviter: "Zoë\nReply-To: eve@example.com",
        role: "Viewer",
        link: LINK,
        expires_at: UnixMs(0),
    };
    let to = Email::parse("ada@example.com").unwrap();
    sending.mailer.send(letters::invitation(to, "https://tiny.example", words));
    sending.end().await;
    let mail = post.next().await;
    assert_eq!(mail.to, ["ada@example.com"]);
    let (head, _) = mail.data.split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("\nBcc:") && !head.contains("\nReply-To:"), "{head}");
}

#[tokio::test]
async fn a_stop_ends_the_pause_for_one_more_try() {
    let mut post =
        PostOffice::open(|tried| if tried == 1 { response::INTERNAL_ERROR } else { response::OK });
    let sending =
        Sending::through(&format!("smtp://{}", post.addr), Pace { pauses: [NEVER; 3], ..QUICK });
    sending.mailer.send(reset());
    while post.tries() == 0 {
        tokio::task::yield_now().await;
    }
    sending.stop.cancel();
    sending.end().await;
    post.next().await;
}

#[tokio::test]
async fn after_a_stop_nobody_waits_for_a_silent_mail_server() {
    let (log, _listening) = Log::listen();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let pace = Pace { conversation: NEVER, farewell: Duration::from_millis(10), ..QUICK };
    let sending = Sending::through(&format!("smtp://{}", silent.local_addr().unwrap()), pace);
    sending.mailer.send(reset());
    sending.stop.cancel();
    sending.end().await;
    assert!(log.text().contains("a mail was given up reason=\"stopped\""), "{}", log.text());
}

#[tokio::test]
async fn a_silent_mail_server_is_left_when_the_time_is_up() {
    let (log, _listening) = Log::listen();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let pace = Pace { conversation: Duration::from_millis(10), ..QUICK };
    let sending = Sending::through(&format!("smtp://{}", silent.local_addr().unwrap()), pace);
    sending.mailer.send(reset());
    sending.end().await;
    assert!(log.text().contains("a mail was given up reason=\"timeout\""), "{}", log.text());
}

#[tokio::test]
async fn when_the_queue_is_full_of_invitations_there_are_places_for_passwords() {
    let (log, _listening) = Log::listen();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let pace = Pace { farewell: Duration::ZERO, ..QUICK };
    let sending = Sending::through(&format!("smtp://{}", silent.local_addr().unwrap()), pace);
    let taken = |mail: fn() -> Mail| (0..400).filter(|_| sending.mailer.send(mail())).count();
    assert_eq!((taken(invitation), taken(reset)), (256, 256));
    let given_up = 2 * (400 - 256);
    assert_eq!(log.text().matches("reason=\"too_many\"").count(), given_up, "{}", log.text());
    sending.stop.cancel();
    sending.end().await;
}

#[tokio::test]
async fn a_password_does_not_wait_for_the_conversations_of_invitations() {
    let mut post = PostOffice::open(TAKE_IT);
    let sending = Sending::through(&format!("smtp://{}", post.addr), QUICK);
    for _ in 0..100 {
        sending.mailer.send(invitation());
    }
    sending.mailer.send(reset());
    let mut before = 0;
    while !post.next().await.data.contains("Subject: Choose a new password") {
        before += 1;
    }
    assert!(before < 50, "{before} invitations came first");
    sending.end().await;
}
