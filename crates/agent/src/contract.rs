//! What every [`Desk`] must do. An implementation's tests call [`holds`]; each broken promise is a panic that names it.

use events::{At, BusinessId, CallId, TurnId};
use futures::future::join_all;

use crate::desk::{BookingAsk, Desk, DeskError, EffectKey, Message, Slot};

const HOUR: u64 = 3_600_000;
const DAY_ONE: u64 = 1_790_000_000_000;

/// One desk under test. All ids carry `tag`, so several runs may share one store.
struct Suite<'a> {
    desk: &'a dyn Desk,
    tag: &'a str,
}

/// Checks the whole contract. `tag` is 1 to 30 letters, digits, `_` or `-` that no earlier run on this store used.
///
/// # Panics
/// When a promise is broken.
pub async fn holds(desk: &dyn Desk, tag: &str) {
    let suite = Suite { desk, tag };
    suite.a_booking_is_made_once_per_key().await;
    suite.a_call_is_given_again_what_it_has().await;
    suite.overlapping_times_are_taken().await;
    suite.parallel_places_are_counted().await;
    suite.racing_callers_get_one_slot().await;
    suite.businesses_do_not_see_each_other().await;
    suite.finding_is_sorted_and_limited().await;
    suite.moving_frees_the_old_time().await;
    suite.cancelling_frees_the_time_once().await;
    suite.a_missing_booking_is_not_found().await;
    suite.a_message_is_kept_once_per_key().await;
}

impl Suite<'_> {
    fn business(&self, name: &str) -> BusinessId {
        BusinessId::parse(&format!("{}-{name}", self.tag)).expect("the tag is short and plain")
    }

    fn key(&self, name: &str, turn: u32) -> EffectKey {
        let call =
            CallId::parse(&format!("{}-{name}", self.tag)).expect("the tag is short and plain");
        EffectKey {
            call,
            turn: TurnId(turn),
            ordinal: 0,
        }
    }

    fn slot(&self, hours: u64, minutes: u32) -> Slot {
        Slot {
            start: At(DAY_ONE + hours * HOUR),
            minutes,
        }
    }

    fn ask(&self, business: &str, slot: Slot) -> BookingAsk {
        BookingAsk {
            business: self.business(business),
            service: "checkup".into(),
            slot,
            parallel: 1,
            name: "Sam Lee".into(),
            phone: "+12025550132".into(),
        }
    }

    async fn found(&self, business: &str) -> Vec<String> {
        let found = self
            .desk
            .find(
                self.business(business),
                "+12025550132".into(),
                At(DAY_ONE - 1),
            )
            .await;
        found
            .expect("find answers")
            .into_iter()
            .map(|b| b.id)
            .collect()
    }

    async fn is_free(&self, business: &str, slot: &Slot, parallel: u32) -> bool {
        let free = self
            .desk
            .free(self.business(business), vec![slot.clone()], parallel)
            .await;
        free.expect("free answers").contains(slot)
    }

    async fn a_booking_is_made_once_per_key(&self) {
        let ask = self.ask("once", self.slot(0, 30));
        let first = self
            .desk
            .book(self.key("once", 1), ask.clone())
            .await
            .expect("a free time can be booked");
        assert_eq!(first.ask, ask, "the booking is what was asked");
        assert!(!first.cancelled, "a new booking stands");
        let again = self
            .desk
            .book(self.key("once", 1), ask)
            .await
            .expect("the same key answers the same");
        assert_eq!(first, again, "the same key answers the same booking");
        assert_eq!(
            self.found("once").await,
            [first.id],
            "and there is one booking"
        );
    }

    async fn a_call_is_given_again_what_it_has(&self) {
        let ask = self.ask("again", self.slot(0, 30));
        let book = |turn, ask: &BookingAsk| self.desk.book(self.key("again", turn), ask.clone());
        let first = book(1, &ask).await.expect("a free time can be booked");
        let again = book(2, &ask).await;
        assert_eq!(
            again.as_ref(),
            Ok(&first),
            "a turn that did not hear of it is given the booking of the turn before"
        );
        let other = self.desk.book(self.key("again2", 1), ask.clone()).await;
        assert_eq!(other, Err(DeskError::Taken), "another call is not");
        let mut son = ask.clone();
        son.name = "Tim Lee".into();
        let other = book(3, &son).await;
        assert_eq!(other, Err(DeskError::Taken), "nor is another person");
        self.desk
            .cancel(self.key("again", 4), first.id.clone())
            .await
            .expect("it can be cancelled");
        let anew = book(5, &ask).await.expect("a cancelled time is free");
        assert_ne!(anew.id, first.id, "what was cancelled is not given again");
    }

    async fn overlapping_times_are_taken(&self) {
        let book = |turn, slot| {
            self.desk
                .book(self.key("overlap", turn), self.ask("overlap", slot))
        };
        book(1, self.slot(1, 60))
            .await
            .expect("the first booking stands");
        let half = Slot {
            start: At(DAY_ONE + HOUR + HOUR / 2),
            minutes: 60,
        };
        assert_eq!(
            book(2, half.clone()).await,
            Err(DeskError::Taken),
            "a time that overlaps is taken"
        );
        assert!(
            !self.is_free("overlap", &half, 1).await,
            "and it is not offered"
        );
        let inside = Slot {
            start: At(DAY_ONE + HOUR + HOUR / 4),
            minutes: 15,
        };
        assert_eq!(
            book(3, inside).await,
            Err(DeskError::Taken),
            "a time within another is taken"
        );
        book(4, self.slot(2, 30))
            .await
            .expect("the time right after is free");
        book(5, self.slot(0, 60))
            .await
            .expect("the time right before is free");
    }

    async fn parallel_places_are_counted(&self) {
        let mut ask = self.ask("parallel", self.slot(0, 30));
        ask.parallel = 2;
        for turn in 1..=2 {
            self.desk
                .book(self.key(&format!("parallel{turn}"), 1), ask.clone())
                .await
                .expect("two places are free");
        }
        let third = self.desk.book(self.key("parallel3", 1), ask).await;
        assert_eq!(third, Err(DeskError::Taken), "the third finds no place");
        assert!(
            !self.is_free("parallel", &self.slot(0, 30), 2).await,
            "two of two places are taken"
        );
        assert!(
            self.is_free("parallel", &self.slot(0, 30), 3).await,
            "two of three places are not"
        );
    }

    async fn racing_callers_get_one_slot(&self) {
        let race = (0..8).map(|i| {
            let key = self.key(&format!("race{i}"), 1);
            self.desk.book(key, self.ask("race", self.slot(0, 30)))
        });
        let won = join_all(race)
            .await
            .into_iter()
            .filter(Result::is_ok)
            .count();
        assert_eq!(won, 1, "of eight racing callers one gets the time");
    }

    async fn businesses_do_not_see_each_other(&self) {
        self.desk
            .book(self.key("east", 1), self.ask("east", self.slot(0, 30)))
            .await
            .expect("free in the east");
        assert!(
            self.is_free("west", &self.slot(0, 30), 1).await,
            "the west has its own calendar"
        );
        assert!(self.found("west").await.is_empty(), "and its own bookings");
    }

    async fn finding_is_sorted_and_limited(&self) {
        for i in (0..12u32).rev() {
            let ask = self.ask("find", self.slot(u64::from(i), 30));
            self.desk
                .book(self.key("find", i), ask)
                .await
                .expect("all these times are free");
        }
        let find = |phone: &str, now| self.desk.find(self.business("find"), phone.into(), At(now));
        let found = find("+12025550132", DAY_ONE).await.expect("find answers");
        assert_eq!(
            found.len(),
            10,
            "at most ten come back, and none that has begun"
        );
        assert_eq!(
            found[0].ask.slot,
            self.slot(1, 30),
            "the soonest comes first"
        );
        assert!(found.is_sorted_by_key(|b| b.ask.slot.start), "in order");
        assert!(
            find("+12025550199", DAY_ONE)
                .await
                .expect("find answers")
                .is_empty(),
            "nobody else's bookings"
        );
    }

    async fn moving_frees_the_old_time(&self) {
        let (old, new) = (self.slot(0, 60), self.slot(5, 60));
        let booking = self
            .desk
            .book(self.key("move", 1), self.ask("move", old.clone()))
            .await
            .expect("free");
        self.desk
            .book(self.key("move", 2), self.ask("move", self.slot(8, 60)))
            .await
            .expect("free");
        let to = |turn, slot| {
            self.desk
                .reschedule(self.key("move", turn), booking.id.clone(), slot, 1)
        };
        assert_eq!(
            to(3, self.slot(8, 60)).await,
            Err(DeskError::Taken),
            "it cannot be moved onto another"
        );
        let moved = to(4, new.clone())
            .await
            .expect("it can be moved to a free time");
        assert_eq!(
            (&moved.id, &moved.ask.slot),
            (&booking.id, &new),
            "same booking, new time"
        );
        assert_eq!(
            to(4, new.clone()).await.as_ref(),
            Ok(&moved),
            "the same key answers the same"
        );
        assert!(
            self.is_free("move", &old, 1).await,
            "the old time is free again"
        );
        let half = Slot {
            start: At(new.start.0 + HOUR / 2),
            minutes: 60,
        };
        to(5, half).await.expect("it does not stand in its own way");
    }

    async fn cancelling_frees_the_time_once(&self) {
        let slot = self.slot(0, 30);
        let booking = self
            .desk
            .book(self.key("cancel", 1), self.ask("cancel", slot.clone()))
            .await
            .expect("free");
        let gone = self
            .desk
            .cancel(self.key("cancel", 2), booking.id.clone())
            .await
            .expect("it can be cancelled");
        assert!(gone.cancelled, "it says that it is cancelled");
        let again = self
            .desk
            .cancel(self.key("cancel", 2), booking.id.clone())
            .await;
        assert_eq!(again, Ok(gone), "the same key answers the same");
        assert!(self.is_free("cancel", &slot, 1).await, "its time is free");
        assert!(self.found("cancel").await.is_empty(), "and it is not found");
        let moved = self
            .desk
            .reschedule(self.key("cancel", 3), booking.id, self.slot(3, 30), 1)
            .await;
        assert_eq!(
            moved,
            Err(DeskError::NotFound),
            "it cannot be moved any more"
        );
    }

    async fn a_missing_booking_is_not_found(&self) {
        let id = format!("{}-nothing", self.tag);
        let gone = self.desk.cancel(self.key("missing", 1), id.clone()).await;
        assert_eq!(
            gone,
            Err(DeskError::NotFound),
            "what is not there cannot be cancelled"
        );
        let moved = self
            .desk
            .reschedule(self.key("missing", 2), id, self.slot(0, 30), 1)
            .await;
        assert_eq!(moved, Err(DeskError::NotFound), "nor moved");
    }

    async fn a_message_is_kept_once_per_key(&self) {
        let message = Message {
            business: self.business("message"),
            name: "Pam Lee".into(),
            phone: "+12025550133".into(),
            text: "Please call back.".into(),
        };
        for _ in 0..2 {
            self.desk
                .message(self.key("message", 1), message.clone())
                .await
                .expect("a message is kept, twice with one key");
        }
    }
}
