//! Runs another program's side, a Python script that ends with one JSON object.

use std::process::Command;

/// The object that the script printed; a bar of progress may stand before it.
pub(crate) fn answer(arguments: &mut Command) -> Result<serde_json::Value, Box<dyn std::error::Error>> {
    let output = arguments.output().map_err(|error| format!("python3: {error}"))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("{message}\nThe peer needs: pip install duckdb (or leave it out with --no-peer)").into());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let object = text.find('{').and_then(|at| text.get(at..)).ok_or("the peer printed no figures")?;
    Ok(serde_json::from_str(object)?)
}
