//! Many people change one team at once, at random: whatever they do, no seat is sold twice, no workspace is
//! without an owner, and who holds an invitation gets in.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on is a red test")]

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
};

use accounts::{Accounts, Email, LinkSecret, NewAccount, Password, User};
use audit::Actor;
use db::Db;
use model::ids::{OrganizationId, RoleId};
use tokio::task::JoinSet;
use workspaces::{
    DELETED_LIFE_MS, Error, INVITATION_LIFE_MS, Kind, Member, MemberChanges, WorkspaceName,
    Workspaces,
};

type Taken = Arc<[AtomicU64; 14]>;

/// Histories on each engine; the variable `TINY_HISTORIES` asks for more.
const HISTORIES: u64 = 500;
const PEOPLE: usize = 12;
/// From then on they are those whose accounts may go; a sign-up takes its time, so they are few.
const LASTING: usize = 9;
const ACTS: usize = 3;

/// Numbers that look random and are the same for the same seed (xorshift64*).
struct Dice(u64);

impl Dice {
    const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap() % bound
    }
}

#[derive(Clone)]
struct Stage {
    db: Db,
    workspaces: Workspaces,
    people: People,
    id: OrganizationId,
    roles: Arc<Vec<(Kind, RoleId)>>,
    links: Arc<Mutex<Vec<(usize, LinkSecret)>>>,
    /// How often each act was taken.
    taken: Taken,
    /// The highest limit that there ever was, and whether it was ever changed.
    highest: Arc<AtomicI64>,
    was_changed: Arc<AtomicBool>,
}

/// Who has which account now.
#[derive(Clone)]
struct People(Arc<Mutex<Vec<User>>>);

impl People {
    async fn signed_up(db: &Db) -> Self {
        let mut people = Vec::new();
        for n in 0..PEOPLE {
            people.push(sign_up(db, &format!("person{n}@example.com")).await);
        }
        Self(Arc::new(Mutex::new(people)))
    }

    fn get(&self, person: usize) -> User {
        self.0.lock().unwrap()[person].clone()
    }

    fn find(&self, is_theirs: impl Fn(&User) -> bool) -> Option<usize> {
        self.0.lock().unwrap().iter().position(is_theirs)
    }
}

async fn sign_up(db: &Db, email: &str) -> User {
    let new = NewAccount {
        email: Email::parse(email).unwrap(),
        password: Password::parse("correct horse battery").unwrap(),
        name: None,
    };
    Accounts::new(db.clone()).sign_up(new).await.unwrap()
}

impl Stage {
    async fn set(db: &Db, people: People, limit: i64, taken: Taken) -> Self {
        let workspaces = Workspaces::new(db.clone());
        let actor = Actor::local(people.get(0).id, db.new_id());
        let name = WorkspaceName::parse("History").unwrap();
        let made = workspaces.create_organization(actor, &name, None).await.unwrap();
        let id = made.organization.id;
        workspaces.set_seat_limit(actor, id, Some(limit)).await.unwrap();
        let roles = workspaces.list_roles(id).await.unwrap();
        let roles = roles.into_iter().map(|role| (role.kind.unwrap(), role.id)).collect();
        Self {
            db: db.clone(),
            workspaces,
            people,
            id,
            roles: Arc::new(roles),
            links: Arc::default(),
            taken,
            highest: Arc::new(AtomicI64::new(limit)),
            was_changed: Arc::default(),
        }
    }

    fn actor(&self, person: usize) -> Actor {
        Actor::local(self.people.get(person).id, self.db.new_id())
    }

    fn role(&self, kind: Kind) -> RoleId {
        self.roles.iter().find(|(own, _)| *own == kind).unwrap().1
    }

    /// One random act by a random person, most often the first owner. What the rules refuse is fine.
    async fn act(&self, dice: &mut Dice, has_plans: bool) {
        let by = if dice.below(3) > 0 { 0 } else { dice.below(PEOPLE) };
        let whom = dice.below(PEOPLE);
        let kind = Kind::ALL[dice.below(Kind::ALL.len())];
        let act = dice.below(if has_plans { 14 } else { 12 });
        let result = match act {
            0..=2 => self.invite(by, whom, kind).await,
            3 | 4 => self.accept(dice).await,
            5 => self.revoke_or_resend(by, dice).await,
            6 => self.add(by, whom, kind).await,
            7 => self.remove(by, dice).await,
            8 => self.change(by, kind, dice).await,
            9 => self.hand_over(by, dice).await,
            10 => self.close(by).await,
            // A new account takes a hash: one in four is enough.
            11 if dice.below(4) > 0 => return,
            11 => self.say_goodbye(dice).await,
            12 => {
                self.db.clock().advance_ms(INVITATION_LIFE_MS / 3);
                Ok(())
            }
            _ => self.plan(dice).await,
        };
        match result {
            Ok(()) => drop(self.taken[act].fetch_add(1, Ordering::SeqCst)),
            Err(Error::Db(error)) => panic!("{error}"),
            Err(_) => {}
        }
    }

    async fn invite(&self, by: usize, whom: usize, kind: Kind) -> Result<(), Error> {
        let (email, role) = (self.people.get(whom).email, self.role(kind));
        let invited = self.workspaces.invite(self.actor(by), self.id, &email, role).await?;
        self.links.lock().unwrap().push((whom, invited.secret));
        Ok(())
    }

    async fn accept(&self, dice: &mut Dice) -> Result<(), Error> {
        let link = {
            let links = self.links.lock().unwrap();
            if links.is_empty() {
                return Ok(());
            }
            links[dice.below(links.len())].clone()
        };
        let user = self.people.get(link.0);
        let actor = Actor::local(user.id, self.db.new_id());
        match self.workspaces.accept_invitation(actor, &user, &link.1).await {
            Ok(_) | Err(Error::InvitationNotFound | Error::InvitationNotPending) => Ok(()),
            Err(error @ Error::Db(_)) => Err(error),
            Err(Error::Forbidden) if !self.has_account(&user).await => Ok(()),
            Err(error) => panic!("who holds an invitation was refused: {error}"),
        }
    }

    async fn revoke_or_resend(&self, by: usize, dice: &mut Dice) -> Result<(), Error> {
        let invitations = self.workspaces.list_invitations(self.id).await?;
        if invitations.is_empty() {
            return Ok(());
        }
        let invitation = &invitations[dice.below(invitations.len())];
        let actor = self.actor(by);
        if dice.below(2) == 0 {
            return self.workspaces.revoke_invitation(actor, self.id, invitation.id).await;
        }
        let sent = self.workspaces.resend_invitation(actor, self.id, invitation.id).await?;
        let is_theirs = |user: &User| user.email.as_str() == invitation.email;
        let whom = self.people.find(is_theirs).unwrap();
        self.links.lock().unwrap().push((whom, sent.secret));
        Ok(())
    }

    async fn add(&self, by: usize, whom: usize, kind: Kind) -> Result<(), Error> {
        let (email, role) = (self.people.get(whom).email, self.role(kind));
        self.workspaces.add_member(self.actor(by), self.id, &email, role).await.map(drop)
    }

    /// Someone is shown out, or leaves.
    async fn remove(&self, by: usize, dice: &mut Dice) -> Result<(), Error> {
        let Some(member) = self.some_member(dice).await? else { return Ok(()) };
        let own = self.people.find(|user| user.id == member.user_id);
        let by = own.filter(|_| dice.below(2) == 0).unwrap_or(by);
        self.workspaces.remove_member(self.actor(by), self.id, member.id).await
    }

    /// Another role: ownership comes and goes by it.
    async fn change(&self, by: usize, kind: Kind, dice: &mut Dice) -> Result<(), Error> {
        let Some(member) = self.some_member(dice).await? else { return Ok(()) };
        let member = member.id;
        let changes = MemberChanges { role: Some(self.role(kind)), grants: None };
        self.workspaces.change_member(self.actor(by), self.id, member, changes).await.map(drop)
    }

    /// The workspace is offered to someone, who takes it; or who was offered it before does.
    async fn hand_over(&self, by: usize, dice: &mut Dice) -> Result<(), Error> {
        if let Some(offer) = self.workspaces.find_offer(self.id).await?
            && let Some(to) = self.people.find(|user| user.id == offer.to)
        {
            return self.workspaces.accept_ownership(self.actor(to), self.id).await.map(drop);
        }
        let Some(to) = self.some_member(dice).await? else { return Ok(()) };
        let to = to.id;
        self.workspaces.offer_ownership(self.actor(by), self.id, to).await.map(drop)
    }

    /// Nobody is one any more when the last owner's account went while the workspace was deleted.
    async fn some_member(&self, dice: &mut Dice) -> Result<Option<Member>, Error> {
        let mut members = self.workspaces.list_members(self.id).await?;
        if members.is_empty() {
            return Ok(None);
        }
        let chosen = dice.below(members.len());
        Ok(Some(members.swap_remove(chosen)))
    }

    /// An owner deletes the workspace, and has it back while the others go on.
    async fn close(&self, by: usize) -> Result<(), Error> {
        let actor = self.actor(by);
        self.workspaces.delete_organization(actor, self.id).await?;
        tokio::task::yield_now().await;
        self.workspaces.restore_organization(actor, self.id).await.map(drop)
    }

    /// Someone deletes their account, and makes another with the same address.
    async fn say_goodbye(&self, dice: &mut Dice) -> Result<(), Error> {
        let person = LASTING + dice.below(PEOPLE - LASTING);
        let user = self.people.get(person);
        let actor = Actor::local(user.id, self.db.new_id());
        self.workspaces.delete_account(actor).await?;
        let again = sign_up(&self.db, user.email.as_str()).await;
        self.people.0.lock().unwrap()[person] = again;
        Ok(())
    }

    async fn has_account(&self, user: &User) -> bool {
        Accounts::new(self.db.clone()).find_user(user.id).await.unwrap().is_some()
    }

    async fn plan(&self, dice: &mut Dice) -> Result<(), Error> {
        let limit = i64::try_from(1 + dice.below(8)).unwrap();
        self.was_changed.store(true, Ordering::SeqCst);
        self.highest.fetch_max(limit, Ordering::SeqCst);
        self.workspaces.set_seat_limit(self.actor(0), self.id, Some(limit)).await
    }

    async fn check(&self) {
        // In this order: a limit that is set meanwhile can only make the highest higher.
        let now = self.db.now();
        let seats = self.workspaces.seats(self.id).await.unwrap();
        if self.db.now() != now {
            // Days went by while it was counted: what had expired counts beside what was sold in its place.
            return;
        }
        let highest = self.highest.load(Ordering::SeqCst);
        assert!(seats.used <= highest, "{seats:?}, and never more than {highest} were for sale");
        if !self.was_changed.load(Ordering::SeqCst) {
            assert!(seats.used <= seats.limit.unwrap(), "{seats:?}");
        }
        let members = self.workspaces.list_members(self.id).await.unwrap();
        // The last owner of a deleted one may go, and then nobody has it back.
        let is_owned = members.iter().any(|member| member.is_owner);
        assert!(is_owned || !self.is_there().await, "nobody owns the workspace");
    }

    async fn is_there(&self) -> bool {
        let all = self.workspaces.list_all().await.unwrap();
        all.iter().any(|one| one.organization.id == self.id && one.deleted_at.is_none())
    }

    /// Removes the workspace: an account that goes leaves each that there is, and they are to stay few.
    async fn clear(&self) {
        if self.is_there().await {
            let members = self.workspaces.list_members(self.id).await.unwrap();
            let owner = members.iter().find(|member| member.is_owner).unwrap();
            let actor = Actor::local(owner.user_id, self.db.new_id());
            self.workspaces.delete_organization(actor, self.id).await.unwrap();
        }
        self.db.clock().advance_ms(DELETED_LIFE_MS);
        self.workspaces.purge_organization(self.id).await.unwrap();
    }
}

async fn play(db: &Db, people: &People, seed: u64, taken: &Taken) {
    let mut dice = Dice::new(seed);
    let limit = i64::try_from(1 + dice.below(6)).unwrap();
    let callers = 8 + dice.below(57);
    let has_plans = dice.below(2) == 0;
    let stage = Stage::set(db, people.clone(), limit, Arc::clone(taken)).await;
    let mut all = JoinSet::new();
    for caller in 0..callers {
        let (stage, mut dice) = (stage.clone(), Dice::new(seed * 1_000 + caller as u64));
        all.spawn(async move {
            for _ in 0..ACTS {
                stage.act(&mut dice, has_plans).await;
            }
        });
    }
    while let Some(done) = all.join_next().await {
        done.unwrap_or_else(|error| panic!("history {seed}: {error}"));
        if dice.below(8) == 0 {
            stage.check().await;
        }
    }
    stage.check().await;
    stage.clear().await;
}

#[expect(clippy::disallowed_methods, reason = "how many is for whoever runs the test to say")]
fn histories() -> u64 {
    std::env::var("TINY_HISTORIES").ok().and_then(|text| text.parse().ok()).unwrap_or(HISTORIES)
}

testkit::both! {
    async fn whatever_many_do_at_once_no_seat_is_sold_twice_and_someone_owns_it(db: Db) {
        let people = People::signed_up(&db).await;
        let taken = Arc::default();
        for seed in 1..=histories() {
            play(&db, &people, seed, &taken).await;
        }
        // A history in which all is refused proves nothing.
        assert!(taken.iter().all(|times| times.load(Ordering::SeqCst) > 0), "{taken:?}");
    }

    async fn of_many_who_want_the_last_seat_exactly_one_gets_it(db: Db) {
        let people = People::signed_up(&db).await;
        for _ in 0..5 {
            let stage = Stage::set(&db, people.clone(), 2, Arc::default()).await;
            let mut all = JoinSet::new();
            for whom in 1..PEOPLE {
                let stage = stage.clone();
                all.spawn(async move {
                    if whom % 2 == 0 {
                        stage.invite(0, whom, Kind::Viewer).await
                    } else {
                        stage.add(0, whom, Kind::Viewer).await
                    }
                });
            }
            let (won, lost): (Vec<_>, Vec<_>) =
                all.join_all().await.into_iter().partition(Result::is_ok);
            assert_eq!((won.len(), lost.len()), (1, PEOPLE - 2));
            for lost in lost {
                let is_told = matches!(lost, Err(Error::SeatLimitReached { used: 2, limit: 2 }));
                assert!(is_told, "{lost:?}");
            }
        }
    }
}
