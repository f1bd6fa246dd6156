//! Fixed documents: what is said when there is no call to ask. Embedded; an operator's folder may override them.

use std::{collections::BTreeMap, path::Path};

use minijinja::{Environment, UndefinedBehavior};
use rust_embed::Embed;
use serde::Serialize;

#[derive(Embed)]
#[folder = "../../twiml-templates"]
struct Shipped;

/// The last resort, when a template of an operator cannot be rendered.
const FLOOR: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Say>I'm sorry, something went wrong. Please call again.</Say><Hangup/></Response>";

/// Why a template was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("template {name}: {why}")]
pub struct TemplateError {
    name: String,
    why: String,
}

/// The templates, ready to render.
pub struct Templates {
    environment: Environment<'static>,
}

impl Templates {
    /// The shipped templates, with those in `folder` in their place where it has any of the same name.
    ///
    /// # Errors
    /// A template that cannot be read or parsed.
    pub fn load(folder: Option<&Path>) -> Result<Self, TemplateError> {
        let mut sources = BTreeMap::new();
        for name in Shipped::iter().filter(|name| name.ends_with(".xml")) {
            if let Some(file) = Shipped::get(&name) {
                sources.insert(
                    name.to_string(),
                    String::from_utf8_lossy(&file.data).into_owned(),
                );
            }
        }
        if let Some(folder) = folder {
            for (name, source) in &mut sources {
                match std::fs::read_to_string(folder.join(name)) {
                    Ok(own) => *source = own,
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                    Err(error) => {
                        return Err(TemplateError {
                            name: name.clone(),
                            why: error.to_string(),
                        });
                    }
                }
            }
        }
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, source) in sources {
            let added = environment.add_template_owned(name.clone(), source);
            added.map_err(|error| TemplateError {
                name,
                why: error.to_string(),
            })?;
        }
        Ok(Self { environment })
    }

    /// The document `name`; the floor when it cannot be rendered.
    pub fn render(&self, name: &str, values: impl Serialize) -> String {
        let rendered = self
            .environment
            .get_template(&format!("{name}.xml"))
            .and_then(|template| template.render(minijinja::value::Serde(values)));
        rendered.unwrap_or_else(|error| {
            tracing::error!(%error, name, "a template could not be rendered");
            FLOOR.to_owned()
        })
    }
}
