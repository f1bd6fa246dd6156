//! A document of ours with line breaks, for people to read.

/// The document with every element on a line of its own, indented. Text that is no XML comes back as it is.
pub(super) fn pretty(xml: &str) -> String {
    let mut out = String::with_capacity(xml.len() * 2);
    let mut depth = 0usize;
    let mut rest = xml;
    while let Some(start) = rest.find('<') {
        let Some(end) = rest[start..].find('>').map(|end| start + end + 1) else {
            break;
        };
        let (words, tag) = (&rest[..start], &rest[start..end]);
        out.push_str(words);
        let closing = tag.starts_with("</");
        if closing {
            depth = depth.saturating_sub(1);
        }
        // A closing tag stays behind its words.
        if (!closing || words.is_empty()) && !out.is_empty() {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth.min(12)));
        }
        out.push_str(tag);
        if !closing && !tag.ends_with("/>") && !tag.starts_with("<?") && !tag.starts_with("<!") {
            depth += 1;
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::pretty;

    #[test]
    fn every_element_has_its_line() {
        let xml = "<?xml version=\"1.0\"?><Response><Gather a=\"1\"><Play>u</Play></Gather><Hangup/></Response>";
        let expected = "<?xml version=\"1.0\"?>\n<Response>\n  <Gather a=\"1\">\n    <Play>u</Play>\n  </Gather>\n  <Hangup/>\n</Response>";
        assert_eq!(pretty(xml), expected);
    }

    #[test]
    fn what_is_no_xml_stays_as_it_is() {
        for text in ["", "no", "a < b", "<<<", "</x></x></x>", "é<"] {
            assert_eq!(
                pretty(text).replace(['\n', ' '], ""),
                text.replace(' ', ""),
                "{text}"
            );
        }
    }
}
