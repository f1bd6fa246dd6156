use text::{Normalizer, Segment, Spoken, plain};

#[test]
fn plain_keeps_the_words_and_nothing_else() {
    assert_eq!(
        plain(
            "**Yes**, see [our page](https://x.com/a?b=1) \u{7}*smiles*\nor https://www.example.com/path. 😀 It is $5 & up"
        ),
        "Yes, see our page or example.com. It is $5 & up"
    );
    assert_eq!(plain("<script>hi</script> there"), "hi there");
    assert_eq!(plain("# Hours\n- 9 to 5"), "Hours. 9 to 5.");
    assert_eq!(plain(" \u{0} "), "");
}

#[test]
fn words_become_one_segment() {
    let spoken = Spoken::text(" Hello there. ");
    assert_eq!(spoken.plain, "Hello there.");
    assert_eq!(spoken.segments.len(), 1);
    assert!(Spoken::text(" \u{1} ").is_empty() && Spoken::text("").segments.is_empty());
}

#[test]
fn markup_gives_the_same_words_to_voices_without_it() {
    let spoken = Spoken::ssml(
        "<speak>It <emphasis>really</emphasis> costs $5<break time='1s'/>, yes</speak>",
    )
    .expect("well-formed");
    assert_eq!(spoken.plain, "It really costs $5, yes");
    let said = spoken.normalized(&Normalizer::default());
    assert_eq!(said.plain, "It really costs five dollars, yes.");
    assert!(said.segments.contains(&Segment::Break { ms: 1000 }));
}

#[test]
fn a_change_of_manner_does_not_end_a_sentence() {
    let spoken =
        Spoken::ssml("We open <prosody rate='slow'>at 9</prosody> on Mon.").expect("well-formed");
    assert_eq!(
        spoken.normalized(&Normalizer::default()).plain,
        "We open at nine on Monday."
    );
}

#[test]
fn it_is_stored_and_read_back() {
    let spoken = Spoken::ssml("a <phoneme ph='təˈmɑːtoʊ'>tomato</phoneme> <blink>b</blink>")
        .expect("well-formed");
    let stored = serde_json::to_string(&spoken).expect("plain data");
    assert_eq!(
        serde_json::from_str::<Spoken>(&stored).expect("its own output"),
        spoken
    );
}
