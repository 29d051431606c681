//! The model that is part of the program.

use super::artifact::Model;
use crate::error::Result;

/// The shipped model file.
const BYTES: &[u8] = include_bytes!("../../models/gate-4/model.json.gz");

/// Loads the embedded model.
///
/// # Errors
/// [`crate::Error::Model`] when the program was built with a model of another schema.
pub fn embedded() -> Result<Model> {
    Model::from_bytes(BYTES, "embedded")
}
