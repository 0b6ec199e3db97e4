use testkit::START;

use super::*;

const VICTIM: &str = "ada@example.com";

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// What a try is told: `None` when it is let through, else the seconds to wait.
fn attempt(throttle: &Throttle, who: &str, address: &str, now: UnixMs) -> Option<u64> {
    admit(throttle, who, address, now).err()
}

fn admit(throttle: &Throttle, who: &str, address: &str, now: UnixMs) -> Result<Pass, u64> {
    match throttle.admit(&email(who), Some(address.parse().unwrap()), now) {
        Ok(pass) => Ok(pass),
        Err(Error::TooMany { retry_after_s }) => Err(retry_after_s),
        Err(other) => panic!("{other}"),
    }
}

/// Ten failures from ten addresses at once.
fn attack(throttle: &Throttle, now: UnixMs) {
    for n in 0..FREE_FAILURES {
        assert_eq!(attempt(throttle, VICTIM, &format!("203.0.113.{n}"), now), None);
    }
}

#[test]
fn an_address_has_30_tries_a_minute_whatever_it_tries() {
    let throttle = Throttle::default();
    for n in 0..30 {
        assert_eq!(attempt(&throttle, &format!("p{n}@example.com"), "192.0.2.1", START), None);
    }
    assert_eq!(attempt(&throttle, "next@example.com", "192.0.2.1", START), Some(60));
    assert_eq!(attempt(&throttle, "next@example.com", "192.0.2.2", START), None);
    let later = START.plus_ms(59_001);
    assert_eq!(attempt(&throttle, "next@example.com", "192.0.2.1", later), Some(1));
    let next_minute = START.plus_ms(60_000);
    assert_eq!(attempt(&throttle, "next@example.com", "192.0.2.1", next_minute), None);
}

#[test]
fn an_ipv6_network_of_64_bits_is_one_address_and_a_mapped_ipv4_address_is_itself() {
    let place = |text: &str| Place::of(Some(text.parse().unwrap()));
    assert_eq!(place("2001:db8:1:2::1"), place("2001:db8:1:2:ffff::9"));
    assert_ne!(place("2001:db8:1:2::1"), place("2001:db8:1:3::1"));
    assert_eq!(place("::ffff:192.0.2.1"), place("192.0.2.1"));
}

#[test]
fn after_ten_failures_each_further_one_doubles_the_wait_up_to_a_minute() {
    let throttle = Throttle::default();
    let mut now = START;
    for _ in 0..10 {
        assert_eq!(attempt(&throttle, VICTIM, "192.0.2.1", now), None);
    }
    for wait_s in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
        assert_eq!(attempt(&throttle, VICTIM, "192.0.2.1", now), Some(wait_s));
        now = now.plus_ms(wait_s.cast_signed() * 1_000 - 1);
        assert_eq!(attempt(&throttle, VICTIM, "192.0.2.1", now), Some(1));
        now = now.plus_ms(1);
        assert_eq!(attempt(&throttle, VICTIM, "192.0.2.1", now), None);
    }
}

#[test]
fn failures_of_many_addresses_count_together() {
    let throttle = Throttle::default();
    attack(&throttle, START);
    assert_eq!(attempt(&throttle, VICTIM, "198.51.100.1", START), Some(1));
    assert_eq!(attempt(&throttle, "bob@example.com", "198.51.100.1", START), None);
}

#[test]
fn fifteen_quiet_minutes_forget_the_failures() {
    let throttle = Throttle::default();
    attack(&throttle, START);
    let later = START.plus_ms(FORGET_FAILURES_AFTER_MS);
    attack(&throttle, later);
    assert_eq!(attempt(&throttle, VICTIM, "198.51.100.1", later), Some(1));
}

#[test]
fn a_familiar_address_is_not_held_up_by_the_failures_of_others() {
    let throttle = Throttle::default();
    let home = admit(&throttle, VICTIM, "198.51.100.1", START).unwrap();
    throttle.settle(&home, &Ok(()), START);
    let later = START.plus_ms(FAMILIAR_FOR_MS - 1);
    attack(&throttle, later);
    assert_eq!(attempt(&throttle, VICTIM, "198.51.100.2", later), Some(1));
    assert_eq!(attempt(&throttle, VICTIM, "198.51.100.1", later), None);
}

#[test]
fn a_familiar_address_waits_for_its_own_failures() {
    let throttle = Throttle::default();
    let home = admit(&throttle, VICTIM, "198.51.100.1", START).unwrap();
    throttle.settle(&home, &Ok(()), START);
    for _ in 0..10 {
        assert_eq!(attempt(&throttle, VICTIM, "198.51.100.1", START), None);
    }
    assert_eq!(attempt(&throttle, VICTIM, "198.51.100.1", START), Some(1));
    assert_eq!(attempt(&throttle, VICTIM, "198.51.100.2", START), None);
}

#[test]
fn an_address_is_a_stranger_again_after_30_days() {
    let throttle = Throttle::default();
    let home = admit(&throttle, VICTIM, "198.51.100.1", START).unwrap();
    throttle.settle(&home, &Ok(()), START);
    let later = START.plus_ms(FAMILIAR_FOR_MS);
    attack(&throttle, later);
    assert_eq!(attempt(&throttle, VICTIM, "198.51.100.1", later), Some(1));
}

#[test]
fn an_attacker_who_never_rests_cannot_lock_a_stranger_out() {
    let throttle = Throttle::default();
    let mut now = START;
    for second in 0..1_000_u32 {
        attempt(&throttle, VICTIM, &format!("203.0.{}.{}", second / 250, second % 250), now);
        now = now.plus_ms(1_000);
    }
    let told_s = attempt(&throttle, VICTIM, "198.51.100.1", now).expect("a wait");
    assert!(told_s <= 60, "{told_s}");
    for second in 0..=told_s {
        attempt(&throttle, VICTIM, &format!("203.1.0.{second}"), now);
        now = now.plus_ms(1_000);
    }
    assert_eq!(attempt(&throttle, VICTIM, "198.51.100.1", now), None);
}

#[test]
fn tries_under_way_count_until_they_have_succeeded() {
    let throttle = Throttle::default();
    let under_way: Vec<_> = (0..10)
        .map(|n| admit(&throttle, VICTIM, &format!("203.0.113.{n}"), START).unwrap())
        .collect();
    assert_eq!(attempt(&throttle, VICTIM, "198.51.100.1", START), Some(1));
    for pass in &under_way {
        throttle.settle(pass, &Ok(()), START);
    }
    assert_eq!(attempt(&throttle, VICTIM, "198.51.100.2", START), None);
}

#[test]
fn a_try_that_was_not_heard_is_taken_back_with_the_wait_that_it_began() {
    let throttle = Throttle::default();
    attack(&throttle, START);
    let now = START.plus_ms(1_000);
    for _ in 0..5 {
        let pass = admit(&throttle, VICTIM, "198.51.100.1", now).unwrap();
        throttle.settle(&pass, &Err::<(), _>(Error::Hashing(String::new())), now);
    }
    let pass = admit(&throttle, VICTIM, "198.51.100.1", now).unwrap();
    throttle.settle(&pass, &Err::<(), _>(Error::InvalidCredentials), now);
    assert_eq!(attempt(&throttle, VICTIM, "198.51.100.1", now), Some(2));
}

#[test]
fn without_an_address_only_the_account_is_throttled() {
    let throttle = Throttle::default();
    for n in 0..1_000 {
        assert!(throttle.admit(&email(&format!("p{n}@example.com")), None, START).is_ok());
    }
    for _ in 0..10 {
        let pass = throttle.admit(&email(VICTIM), None, START).unwrap();
        throttle.settle(&pass, &Ok(()), START);
    }
    for _ in 0..10 {
        throttle.admit(&email(VICTIM), None, START).unwrap();
    }
    assert!(throttle.admit(&email(VICTIM), None, START).is_err());
}

#[test]
fn the_delays_never_overflow() {
    let delays: Vec<_> = [0, 9, 10, 11, 15, 16, 17, 100, u32::MAX].map(delay_ms).into();
    let ms = |ms| Some(ms);
    assert_eq!(
        delays,
        [
            None,
            None,
            ms(1_000),
            ms(2_000),
            ms(32_000),
            ms(60_000),
            ms(60_000),
            ms(60_000),
            ms(60_000)
        ]
    );
}
