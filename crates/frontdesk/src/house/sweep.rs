//! Removing what is too old.

use switchboard::Switchboard;

use crate::config::Loaded;

/// Removes what is older than its retention.
pub async fn once(switchboard: &Switchboard, loaded: &Loaded) {
    let parts = switchboard.parts();
    let retention = &loaded.config.retention;
    let now = parts.clock.now();
    let calls = now - u64::from(retention.transcripts_days) * 86_400_000;
    let answers = now - 3_600_000;
    if let Err(error) = parts.records.sweep(calls, answers).await {
        tracing::warn!(%error, "old records could not be removed");
    }
    let mut keep = Vec::new();
    for file in &loaded.businesses {
        let clips = parts
            .records
            .clips(&file.business.id)
            .await
            .unwrap_or_default();
        keep.extend(
            clips
                .iter()
                .filter_map(|clip| store::ObjectKey::parse(&clip.object)),
        );
    }
    let idle = u64::from(retention.answer_audio_hours) * 3_600_000;
    if let Err(error) = parts.objects.sweep(idle, &keep).await {
        tracing::warn!(%error, "old audio could not be removed");
    }
}
