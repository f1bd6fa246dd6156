//! Messages and filler clips, as SQL.

use events::{At, BusinessId};
use sqlx::{PgConnection, Row, postgres::PgRow};
use store::{Clip, Message};

use crate::{
    books::Key,
    rows::{id, int, small, text, unsigned},
    words::Fault,
};

pub(crate) async fn leave_message(
    conn: &mut PgConnection,
    key: &Key<'_>,
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
    .bind(text(&message.name))
    .bind(text(&message.phone))
    .bind(text(&message.text))
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn messages(
    conn: &mut PgConnection,
    business: &BusinessId,
) -> Result<Vec<Message>, Fault> {
    let rows = sqlx::query(
        "SELECT business, call, left_at, name, phone, body FROM messages
         WHERE business = $1 ORDER BY left_at DESC, id DESC LIMIT 200",
    )
    .bind(business.as_str())
    .fetch_all(conn)
    .await?;
    let message = |row: &PgRow| {
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

pub(crate) async fn put_clip(conn: &mut PgConnection, clip: &Clip) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO clips (business, class, words, recipe, object, length_ms, level_dbfs, made)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (business, class, words) DO UPDATE SET recipe = excluded.recipe,
           object = excluded.object, length_ms = excluded.length_ms,
           level_dbfs = excluded.level_dbfs, made = excluded.made",
    )
    .bind(clip.business.as_str())
    .bind(text(&clip.class))
    .bind(text(&clip.text))
    .bind(text(&clip.recipe))
    .bind(text(&clip.object))
    .bind(i64::from(clip.ms))
    .bind(f64::from(clip.level_dbfs))
    .bind(int(clip.made.0))
    .execute(conn)
    .await?;
    Ok(())
}

/// Sorted by their bytes, as everywhere, and not by the rules of the database's language.
pub(crate) async fn clips(
    conn: &mut PgConnection,
    business: &BusinessId,
) -> Result<Vec<Clip>, Fault> {
    let rows = sqlx::query(
        "SELECT business, class, words, recipe, object, length_ms, level_dbfs, made FROM clips
         WHERE business = $1 ORDER BY class COLLATE \"C\", words COLLATE \"C\" LIMIT 10000",
    )
    .bind(business.as_str())
    .fetch_all(conn)
    .await?;
    let clip = |row: &PgRow| {
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
