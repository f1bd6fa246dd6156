//! Messages and filler clips, as SQL.

use events::{At, BusinessId};
use sqlx::{AnyConnection, Row, any::AnyRow};

use super::{
    books::Key,
    calls::{id, int, small, unsigned},
    fault::Fault,
};
use crate::{Clip, Message};

pub(super) async fn leave_message(
    conn: &mut AnyConnection,
    key: &Key,
    message: &Message,
) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO messages (id, business, call, turn, ordinal, left_at, name, phone, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (call, turn, ordinal) DO NOTHING",
    )
    .bind(uuid::Uuid::now_v7().to_string())
    .bind(message.business.as_str())
    .bind(key.call.as_str())
    .bind(i64::from(key.turn.0))
    .bind(i64::from(key.ordinal))
    .bind(int(message.at.0))
    .bind(message.name.as_str())
    .bind(message.phone.as_str())
    .bind(message.text.as_str())
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn messages(
    conn: &mut AnyConnection,
    business: &BusinessId,
) -> Result<Vec<Message>, Fault> {
    let rows = sqlx::query(
        "SELECT business, call, left_at, name, phone, body FROM messages
         WHERE business = $1 ORDER BY left_at DESC, id DESC LIMIT 200",
    )
    .bind(business.as_str())
    .fetch_all(conn)
    .await?;
    let message = |row: &AnyRow| {
        Ok(Message {
            business: id(row, "business")?,
            call: id(row, "call")?,
            at: At(unsigned(row, "left_at")?),
            name: row.try_get("name")?,
            phone: row.try_get("phone")?,
            text: row.try_get("body")?,
        })
    };
    rows.iter().map(message).collect()
}

pub(super) async fn put_clip(conn: &mut AnyConnection, clip: &Clip) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO clips (business, class, words, recipe, object, length_ms, level_dbfs, made)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (business, class, words) DO UPDATE SET recipe = excluded.recipe,
           object = excluded.object, length_ms = excluded.length_ms,
           level_dbfs = excluded.level_dbfs, made = excluded.made",
    )
    .bind(clip.business.as_str())
    .bind(clip.class.as_str())
    .bind(clip.text.as_str())
    .bind(clip.recipe.as_str())
    .bind(clip.object.as_str())
    .bind(i64::from(clip.ms))
    .bind(f64::from(clip.level_dbfs))
    .bind(int(clip.made.0))
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn clips(
    conn: &mut AnyConnection,
    business: &BusinessId,
) -> Result<Vec<Clip>, Fault> {
    let rows = sqlx::query(
        "SELECT business, class, words, recipe, object, length_ms, level_dbfs, made FROM clips
         WHERE business = $1 ORDER BY class, words LIMIT 10000",
    )
    .bind(business.as_str())
    .fetch_all(conn)
    .await?;
    let clip = |row: &AnyRow| {
        Ok(Clip {
            business: id(row, "business")?,
            class: row.try_get("class")?,
            text: row.try_get("words")?,
            recipe: row.try_get("recipe")?,
            object: row.try_get("object")?,
            ms: small(row, "length_ms")?,
            level_dbfs: row.try_get::<f64, _>("level_dbfs")? as f32,
            made: At(unsigned(row, "made")?),
        })
    };
    rows.iter().map(clip).collect()
}
