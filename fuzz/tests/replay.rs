//! Every input of the corpus once more, so that what was found once stays found without a fuzzer.

use std::{collections::BTreeSet, fs, path::Path};

use fuzz::Doors;

fn replay(target: &str, send: impl Fn(&Doors, &[u8]) -> Option<u16>) -> BTreeSet<u16> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let doors = Doors::open();
    let files = fs::read_dir(folder).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap());
    files.filter_map(|input| send(&doors, &input)).collect()
}

#[test]
fn every_body_of_the_corpus_has_an_answer_and_they_meet_each_kind() {
    assert_eq!(replay("body", Doors::body), BTreeSet::from([200, 400, 403, 413, 422, 503]));
}

#[test]
fn all_headers_of_the_corpus_have_an_answer_and_they_meet_each_kind() {
    assert_eq!(
        replay("headers", Doors::headers),
        BTreeSet::from([200, 204, 400, 403, 404, 415, 503])
    );
}
