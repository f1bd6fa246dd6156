fn main() {
    let n = text::Normalizer::default();
    for l in std::io::stdin().lines() {
        let l = l.unwrap();
        if l.starts_with("# ") && l.len() < 14 && l[2..].chars().all(|c| c.is_ascii_lowercase()) {
            println!("{l}");
            continue;
        }
        let i = l.replace("\\n", "\n");
        let a = n.normalize(&i);
        let b = n.normalize(&a);
        println!(
            "{l} => {a}{}",
            if a == b {
                String::new()
            } else {
                format!("   !!! {b}")
            }
        );
    }
}
