//! Bodies that come packed, and what a media type says of their letters.

use std::io::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use testkit::Reply;

use crate::house::{House, bootstrap_body, events_body, text};

fn packed(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

async fn send(house: &House, encodings: &[&str], media: &str, body: &[u8]) -> Reply {
    let mut call = house.ingest("bootstrap").header("content-type", media);
    for encoding in encodings {
        call = call.header("content-encoding", encoding);
    }
    call.body(body.to_vec()).send().await
}

async fn send_gzip(house: &House, body: &[u8]) -> Reply {
    send(house, &["gzip"], "application/json", body).await
}

testkit::both! {
    async fn a_gzip_body_is_read_and_kept_as_what_it_holds(db: db::Db) {
        let house = House::furnished(db).await;
        let session = house.session().await;
        let body = serde_json::to_string_pretty(&events_body(&session)).unwrap();
        let sent = packed(body.as_bytes());
        for encoding in ["gzip", "GZip", "x-gzip", "identity, gzip"] {
            let call = house.ingest("events").header("content-type", "application/json");
            let reply = call.header("content-encoding", encoding).body(sent.clone()).send().await;
            assert_eq!(reply.status, 200, "{encoding}: {}", reply.text());
            let attempt = house.attempt(&reply).await;
            assert_eq!(text(&attempt["raw"]), body);
            assert_eq!(STANDARD.decode(text(&attempt["rawBase64"])).unwrap(), body.as_bytes());
            assert_eq!(attempt["bodyBytes"], body.len());
            assert_eq!(attempt["gzipBytes"], sent.len());
            assert_eq!(attempt["normalised"][0]["id"], "evt_1");
        }
        let plain = house.attempt(&house.bootstrap(&bootstrap_body()).await).await;
        assert_eq!(plain["gzipBytes"], Value::Null);

        let mira = crate::pages::Browser::signed_in(house.client.clone()).await;
        let id = text(&send_gzip(&house, &packed(bootstrap_body().to_string().as_bytes())).await.json()["attemptId"]);
        let page = mira.get(&format!("/acme/analytics/setup/debug/{id}")).await.text();
        assert!(page.contains("bytes of gzip") && page.contains("anonymousId"), "{page}");
    }

    async fn the_limit_is_that_of_what_a_body_unpacks_to(db: db::Db) {
        let house = House::furnished(db).await;
        house.change_source(json!({ "maxPayloadBytes": 20_000 })).await;
        let padded = |bytes: usize| {
            let mut body = bootstrap_body();
            body["context"]["padding"] = json!("");
            let bare = body.to_string().len();
            body["context"]["padding"] = json!("x".repeat(bytes - bare));
            body.to_string().into_bytes()
        };
        assert_eq!(send_gzip(&house, &packed(&padded(20_000))).await.status, 200);
        let bomb = packed(&padded(10 << 20));
        for sent in [packed(&padded(20_001)), bomb] {
            let reply = send_gzip(&house, &sent).await;
            assert_eq!((reply.status.as_u16(), &reply.json()["error"]), (413, &json!("payload_too_large")));
            let attempt = house.attempt(&reply).await;
            assert_eq!((&attempt["isRawCut"], &attempt["gzipBytes"]), (&json!(true), &json!(sent.len())));
            assert_eq!(attempt["bodyBytes"], 20_001, "it was not unpacked any further");
            assert_eq!(text(&attempt["raw"]).len(), 16_384);
            assert!(text(&attempt["explanation"]["cause"]).contains("of gzip"), "{attempt}");
        }
        // What does not fit even packed is not unpacked at all.
        let mut stored = GzEncoder::new(Vec::new(), Compression::none());
        stored.write_all(&padded(30_000)).unwrap();
        let reply = send_gzip(&house, &stored.finish().unwrap()).await;
        assert_eq!(reply.status, 413);
        assert_eq!(house.attempt(&reply).await["gzipBytes"], Value::Null);
    }

    async fn a_body_that_does_not_unpack_is_told_where_it_breaks(db: db::Db) {
        let house = House::furnished(db).await;
        let whole = packed(bootstrap_body().to_string().as_bytes());
        let mut spoilt = whole.clone();
        spoilt[20] ^= 0xff;
        let plain = bootstrap_body().to_string();
        for (sent, told) in [
            (&whole[..whole.len() / 2], "broken off after"),
            (&spoilt, "the gzip stream is broken at byte"),
            (plain.as_bytes(), "the gzip stream is broken at byte"),
        ] {
            let reply = send_gzip(&house, sent).await;
            assert_eq!((reply.status.as_u16(), &reply.json()["error"]), (400, &json!("invalid_json")));
            let attempt = house.attempt(&reply).await;
            let cause = text(&attempt["explanation"]["cause"]);
            assert!(cause.contains(told), "{cause}");
            assert!(text(&attempt["explanation"]["fix"]).contains("Pack the whole body once"), "{attempt}");
            assert_eq!(STANDARD.decode(text(&attempt["rawBase64"])).unwrap(), sent, "as it came");
            assert_eq!(attempt["contentEncoding"], "gzip");
        }
        let reply = send_gzip(&house, b"").await;
        assert!(text(&house.attempt(&reply).await["explanation"]["cause"]).contains("is empty"));
    }

    async fn other_encodings_and_several_are_refused(db: db::Db) {
        let house = House::furnished(db).await;
        let body = bootstrap_body().to_string();
        let twice = packed(&packed(body.as_bytes()));
        for encodings in [&["br"][..], &["deflate"], &["gzip, gzip"], &["gzip", "gzip"], &["gzip, br"], &["*"]] {
            let reply = send(&house, encodings, "application/json", &twice).await;
            assert_eq!(reply.status, 415, "{encodings:?}");
            assert_eq!(reply.json()["error"], "unsupported_media_type");
            let attempt = house.attempt(&reply).await;
            assert_eq!(text(&attempt["contentEncoding"]), encodings.join(", "));
        }
        for encodings in [&["identity"][..], &["Identity"], &[""], &["identity, identity"]] {
            let reply = send(&house, encodings, "application/json", body.as_bytes()).await;
            assert_eq!(reply.status, 200, "{encodings:?}");
        }
        // The checks stand in their order: a size before a media type, a media type before what a body holds.
        let reply = send(&house, &["gzip"], "text/html", &packed(&vec![b'x'; 70_000])).await;
        assert_eq!(reply.status, 413);
        assert_eq!(send(&house, &["gzip"], "text/html", b"no gzip").await.status, 415);
    }

    async fn text_is_read_as_utf_8_whatever_it_is_said_to_be(db: db::Db) {
        let house = House::furnished(db).await;
        let mut body = bootstrap_body();
        body["page"]["title"] = json!("Müller");
        let utf_8 = body.to_string();
        for media in [
            "text/plain", "text/plain;charset=UTF-8", "text/plain; charset=\"utf-8\"", "TEXT/PLAIN; Charset=utf8",
            "application/json", "application/json; charset=utf-8; profile=x",
            "text/plain; charset=iso-8859-1",
        ] {
            let reply = send(&house, &[], media, utf_8.as_bytes()).await;
            assert_eq!(reply.status, 200, "{media}");
        }
        let latin_1: Vec<u8> = utf_8.chars().map(|letter| u8::try_from(letter).unwrap()).collect();
        let utf_16: Vec<u8> = utf_8.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (charset, sent) in [("ISO-8859-1", latin_1), ("utf-16le", utf_16)] {
            let media = format!("text/plain; charset={charset}");
            let reply = send(&house, &[], &media, &sent).await;
            assert_eq!((reply.status.as_u16(), &reply.json()["error"]), (400, &json!("invalid_json")));
            let attempt = house.attempt(&reply).await;
            let (cause, fix) = (&attempt["explanation"]["cause"], &attempt["explanation"]["fix"]);
            assert!(text(cause).contains(&format!("says that it is in {charset}")), "{cause}");
            assert!(text(fix).contains("UTF-8"), "{fix}");
            assert_eq!(attempt["contentType"], media);
            let plain = send(&house, &[], "text/plain", &sent).await;
            let cause = text(&house.attempt(&plain).await["explanation"]["cause"]);
            assert!(!cause.contains("Content-Type"), "{cause}");
        }
        assert_eq!(send(&house, &[], "text/plainer", utf_8.as_bytes()).await.status, 415);
    }
}
