//! `generate`: writes the files that are made from the code.

use certgate_tests::{generated, root};

fn main() -> std::io::Result<()> {
    for (path, text) in generated::files() {
        let file = root().join(&path);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        if std::fs::read_to_string(&file).ok().as_ref() != Some(&text) {
            std::fs::write(&file, text)?;
            println!("{path}");
        }
    }
    Ok(())
}
