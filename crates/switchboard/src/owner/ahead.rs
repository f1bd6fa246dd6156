//! What an owner tells those who look ahead.

use agent::{Memo, Standing};

use super::Owner;
use crate::policy::stable_hash;

impl Owner {
    /// This sentence is needed now.
    pub(super) fn needed(&mut self, text: &str) {
        let caller = self.row.from.as_deref();
        let caller = stable_hash(caller.unwrap_or(self.call.id().as_str()));
        let (ahead, before) = (&self.room.ahead, self.voiced.as_deref());
        ahead.needed(&self.business, caller, before, text);
        self.voiced = Some(text.to_owned());
    }

    /// The reply is complete: what may come next is worked out beside the call.
    pub(super) fn look_ahead(&self) {
        let standing = Standing {
            business: self.business.clone(),
            memo: Memo(self.call.memo().to_owned()),
            caller: self.row.from.clone(),
            now: self.now(),
        };
        let call = self.call.id().as_str();
        self.room.ahead.look(call, standing, self.voiced.clone());
    }
}
